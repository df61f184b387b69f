/* What socle::security sends with its defaults, in the form of text_of(). */
#ifndef SECURITY_HEADERS_H
#define SECURITY_HEADERS_H

#define CSP                                                                                        \
	"connect-src 'self' https:;img-src 'self' data: blob: https://market-assets.strapi.io;"     \
	"media-src 'self' data: blob:;default-src 'self';base-uri 'self';"                          \
	"font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"                  \
	"object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'"

#define SECURITY                                                                                   \
	"Content-Security-Policy: " CSP "\n"                                                       \
	"Referrer-Policy: no-referrer\n"                                                           \
	"Strict-Transport-Security: max-age=31536000; includeSubDomains\n"                         \
	"X-Content-Type-Options: nosniff\n"                                                        \
	"X-DNS-Prefetch-Control: off\n"                                                            \
	"X-Download-Options: noopen\n"                                                             \
	"X-Frame-Options: SAMEORIGIN\n"                                                            \
	"X-Permitted-Cross-Domain-Policies: none\n"

#endif
