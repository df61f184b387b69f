/* Floats as Strapi's database driver reads them. */
#ifndef REST_FLOAT_H
#define REST_FLOAT_H

/* The driver gets MariaDB's decimal text and adds its digits up in floating point, so that numbers of more than 15
 * digits, and very large and small ones, come out next to what they are: 1.7976931348623157e308 as ...155e308, 5e-324
 * as 0. Clients that compare with what Strapi answers need the same. */
double float_as_read(double value);

#endif
