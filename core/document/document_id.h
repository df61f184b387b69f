/* The ids of documents: 24 characters, a letter and then letters and digits, as Strapi's cuid2 makes them. */
#ifndef DOCUMENT_DOCUMENT_ID_H
#define DOCUMENT_DOCUMENT_ID_H

enum { DOCUMENT_ID_SIZE = 25 };

/* From the system's random numbers; with a NUL. Never fails. */
void document_id_new(char id[DOCUMENT_ID_SIZE]);

#endif
