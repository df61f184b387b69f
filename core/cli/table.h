/* Rows of JSON objects as a table for people. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <jansson.h>
#include <stddef.h>

/* A column per key, in this order, as wide as its widest cell. */
void table_print(const char *const *columns, size_t count, const json_t *rows, const char *indent);

#endif
