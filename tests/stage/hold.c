/* Holds the card on a reader for itself until standard input closes, as other programs do. */
#include <stdio.h>
#include <winscard.h>

int main(int count, char **arguments)
{
    SCARDCONTEXT context;
    SCARDHANDLE card;
    DWORD protocol;
    DWORD any = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;

    if (count != 2 || SCardEstablishContext(SCARD_SCOPE_USER, NULL, NULL, &context) != SCARD_S_SUCCESS)
        return 1;
    if (SCardConnect(context, arguments[1], SCARD_SHARE_EXCLUSIVE, any, &card, &protocol) != SCARD_S_SUCCESS)
        return 2;
    puts("held");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return SCardDisconnect(card, SCARD_LEAVE_CARD) != SCARD_S_SUCCESS;
}
