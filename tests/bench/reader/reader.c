/*
 * The yardstick of the readers: what libpcsclite itself takes to tell the identifier of every card, in one thread and one
 * context, without anything around it. Its lines are those of the watch: `readers`, `card` and `removed`, parted by tabs.
 */
#include <stdio.h>
#include <string.h>
#include <winscard.h>

#define READERS 16
#define ANNOUNCEMENTS "\\\\?PnP?\\Notification"

/* The names stand in one of two texts, in turn, so that those of before can be compared with those of now. */
static char names[2][READERS * MAX_READERNAME];
static SCARD_READERSTATE states[READERS + 1];
static DWORD count;

/* Lists the readers. What is known of one that was there already is kept. */
static LONG list(SCARDCONTEXT context)
{
    static int turn;
    SCARD_READERSTATE fresh[READERS + 1] = {{.szReader = ANNOUNCEMENTS}};
    char *text = names[turn ^= 1];
    DWORD length = sizeof names[turn], found = 1;
    LONG result = SCardListReaders(context, NULL, text, &length);

    if (result == SCARD_E_NO_READERS_AVAILABLE)
        *text = 0;
    else if (result != SCARD_S_SUCCESS)
        return result;
    if (count > 0)
        fresh[0].dwCurrentState = states[0].dwCurrentState;
    printf("readers");
    for (; *text && found <= READERS; text += strlen(text) + 1, found++) {
        fresh[found].szReader = text;
        for (DWORD at = 1; at < count; at++)
            if (strcmp(states[at].szReader, text) == 0)
                fresh[found].dwCurrentState = states[at].dwCurrentState;
        printf("\t%s", text);
    }
    puts("");
    memcpy(states, fresh, sizeof states);
    count = found;
    return SCARD_S_SUCCESS;
}

/* Asks a card for its identifier and leaves it as it was found. A card that does not tell it is passed over. */
static void ask(SCARDCONTEXT context, const char *reader)
{
    static const BYTE command[] = {0xFF, 0xCA, 0, 0, 0};
    BYTE answer[MAX_BUFFER_SIZE];
    DWORD protocol, length = sizeof answer;
    SCARDHANDLE card;
    LONG result = SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, &card, &protocol);

    if (result != SCARD_S_SUCCESS)
        return;
    result = SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, command, sizeof command,
                           NULL, answer, &length);
    SCardDisconnect(card, SCARD_LEAVE_CARD);
    if (result != SCARD_S_SUCCESS || length <= 2 || answer[length - 2] != 0x90 || answer[length - 1] != 0)
        return;
    printf("card\t%s\t", reader);
    for (DWORD at = 0; at < length - 2; at++)
        printf("%02X", answer[at]);
    puts("");
}

static void look(SCARDCONTEXT context, SCARD_READERSTATE *state)
{
    DWORD before = state->dwCurrentState & SCARD_STATE_PRESENT;
    DWORD now = state->dwEventState & SCARD_STATE_PRESENT;

    state->dwCurrentState = state->dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    if (now && !before)
        ask(context, state->szReader);
    if (before && !now)
        printf("removed\t%s\n", state->szReader);
}

int main(void)
{
    SCARDCONTEXT context;
    LONG result = SCardEstablishContext(SCARD_SCOPE_USER, NULL, NULL, &context);
    int listed = 0;

    while (result == SCARD_S_SUCCESS) {
        if (!listed && (result = list(context)) != SCARD_S_SUCCESS)
            break;
        fflush(stdout);
        result = SCardGetStatusChange(context, INFINITE, states, count);
        listed = result == SCARD_S_SUCCESS && !(states[0].dwEventState & SCARD_STATE_CHANGED);
        if (result == SCARD_E_UNKNOWN_READER)
            result = SCARD_S_SUCCESS;
        else if (result == SCARD_S_SUCCESS)
            for (DWORD at = 0; at < count; at++)
                look(context, &states[at]);
    }
    fprintf(stderr, "%s\n", pcsc_stringify_error(result));
    return 1;
}
