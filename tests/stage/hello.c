/* An empty window of WebKitGTK: what any program that shows a page has to pay, and nothing else. */
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

int main(int count, char **words) {
    gtk_init(&count, &words);
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_default_size(GTK_WINDOW(window), 1280, 800);
    GtkWidget *page = webkit_web_view_new_with_context(webkit_web_context_new_ephemeral());
    webkit_web_view_load_html(WEBKIT_WEB_VIEW(page),
        "<!doctype html><body style='margin:0;background:#0d5670;color:#fff;font:2rem sans-serif'><p>Balie</p>", NULL);
    gtk_container_add(GTK_CONTAINER(window), page);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
    gtk_widget_show_all(window);
    gtk_main();
    return 0;
}
