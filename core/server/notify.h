/* Telling systemd how the service is (Type=notify). Does nothing where NOTIFY_SOCKET isn't set. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

#endif
