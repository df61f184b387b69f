/* The SDK of Socle: all of it. A header per subject says the rest; plugin.h is the place to begin. */
#ifndef SOCLE_SOCLE_H
#define SOCLE_SOCLE_H

#include <socle/config.h>
#include <socle/context.h>
#include <socle/document_middleware.h>
#include <socle/documents.h>
#include <socle/embed.h>
#include <socle/error.h>
#include <socle/fetch.h>
#include <socle/files.h>
#include <socle/lifecycle.h>
#include <socle/log.h>
#include <socle/memory.h>
#include <socle/models.h>
#include <socle/offload.h>
#include <socle/plugin.h>
#include <socle/policy.h>
#include <socle/response.h>
#include <socle/rows.h>
#include <socle/service.h>
#include <socle/session.h>
#include <socle/shared.h>
#include <socle/sign.h>
#include <socle/subscriber.h>
#include <socle/task.h>
#include <socle/time.h>
#include <socle/timer.h>
#include <socle/transaction.h>
#include <socle/transform.h>
#include <socle/value.h>
#include <socle/version.h>

#endif
