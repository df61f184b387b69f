/* Whether this build has AddressSanitizer, and the marks it reads; nothing otherwise. */
#ifndef BASE_SANITIZE_H
#define BASE_SANITIZE_H

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifndef HAVE_ASAN
#define HAVE_ASAN 0
#endif

#if HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define SANITIZE_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define SANITIZE_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define SANITIZE_POISON(p, n) ((void)(p), (void)(n))
#define SANITIZE_UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#endif
