#include "loop/fiber.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sanitize.h"
#include "loop/loop_internal.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_MAKE_MEM_DEFINED(p, n) ((void)0)
#define VALGRIND_STACK_REGISTER(from, to) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#endif

#if HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#define __sanitizer_finish_switch_fiber(fake, bottom, size) ((void)(fake), (void)(bottom), (void)(size))
#endif

enum { PAINT = 0xA5 };

/* Of this thread; NULL on the loop's own stack. */
static _Thread_local struct fiber *running;

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* ---- switching ---- */

/* Which stack a switch arrived from is only known on arrival at the loop's own: its bounds are learnt there. */
static void arrived(struct loop *loop, void *fake_stack, struct fiber *from)
{
	const void *bottom = NULL;
	size_t size = 0;

	__sanitizer_finish_switch_fiber(fake_stack, &bottom, &size);
	if (!from) {
		loop->stack_bottom = bottom;
		loop->stack_size = size;
	}
}

static void fiber_main(void);

static void retire(struct fiber *fiber);

/* Runs `fiber` until it waits or ends; takes it back when it has ended. */
static void resume(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;
	struct fiber *from = running;
	void **fake_stack = from ? &from->fake_stack : &loop->fake_stack;

	assert(fiber->state != FIBER_RUNNING);
	fiber->resumer = from;
	fiber->state = FIBER_RUNNING;
	running = fiber;
	__sanitizer_start_switch_fiber(fake_stack, fiber->stack, loop->options.stack_size);
	swapcontext(from ? &from->context : &loop->context, &fiber->context);
	arrived(loop, *fake_stack, fiber);
	if (!fiber->fn)
		retire(fiber);
}

/* Gives the thread back to who resumed us. */
static void leave(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;
	struct fiber *to = fiber->resumer;

	running = to;
	__sanitizer_start_switch_fiber(&fiber->fake_stack, to ? to->stack : loop->stack_bottom,
		to ? loop->options.stack_size : loop->stack_size);
	swapcontext(&fiber->context, to ? &to->context : &loop->context);
	arrived(loop, fiber->fake_stack, fiber->resumer);
}

int fiber_suspend(void)
{
	struct fiber *fiber = fiber_self();

	fiber->state = FIBER_WAITING;
	leave(fiber);
	return fiber->result;
}

void fiber_make_ready(struct fiber *fiber, int result)
{
	struct loop *loop = fiber->loop;

	assert(fiber->state == FIBER_WAITING);
	fiber->state = FIBER_READY;
	fiber->result = result;
	if (TAILQ_EMPTY(&loop->ready))
		event_active(loop->ready_event, EV_TIMEOUT, 0);
	TAILQ_INSERT_TAIL(&loop->ready, fiber, entry);
}

void fiber_run_ready(struct loop *loop)
{
	struct fiber_list batch = TAILQ_HEAD_INITIALIZER(batch);

	/* Those that become ready meanwhile wait for the next turn, so that descriptors are not starved. */
	TAILQ_CONCAT(&batch, &loop->ready, entry);
	while (!TAILQ_EMPTY(&batch)) {
		struct fiber *fiber = TAILQ_FIRST(&batch);

		TAILQ_REMOVE(&batch, fiber, entry);
		resume(fiber);
	}
}

/* ---- stacks ---- */

static void prepare_context(struct fiber *fiber, size_t size)
{
	getcontext(&fiber->context);
	fiber->context.uc_stack.ss_sp = fiber->stack;
	fiber->context.uc_stack.ss_size = size;
	fiber->context.uc_link = NULL;
	makecontext(&fiber->context, fiber_main, 0);
}

static struct fiber *fiber_new(struct loop *loop)
{
	size_t guard = page_size(), size = loop->options.stack_size;
	struct fiber *fiber = calloc(1, sizeof(*fiber));
	char *memory;

	if (!fiber)
		return NULL;
	memory = mmap(NULL, guard + size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (memory == MAP_FAILED) {
		free(fiber);
		return NULL;
	}
	if (mprotect(memory, guard, PROT_NONE) < 0) {
		munmap(memory, guard + size);
		free(fiber);
		return NULL;
	}
	fiber->loop = loop;
	fiber->stack = memory + guard;
	fiber->valgrind_id = VALGRIND_STACK_REGISTER(fiber->stack, fiber->stack + size);
	LIST_INIT(&fiber->groups);
	if (loop->options.paint_stacks)
		memset(fiber->stack, PAINT, size);
	prepare_context(fiber, size);
	return fiber;
}

static void fiber_free(struct fiber *fiber)
{
	size_t guard = page_size(), size = fiber->loop->options.stack_size;

	VALGRIND_STACK_DEREGISTER(fiber->valgrind_id);
	/* The fiber was left in the middle of fiber_main: its frames are still poisoned. */
	SANITIZE_UNPOISON(fiber->stack, size);
	munmap(fiber->stack - guard, guard + size);
	free(fiber);
}

void fiber_free_idle(struct loop *loop)
{
	while (!TAILQ_EMPTY(&loop->idle)) {
		struct fiber *fiber = TAILQ_FIRST(&loop->idle);

		TAILQ_REMOVE(&loop->idle, fiber, entry);
		fiber_free(fiber);
	}
}

static size_t stack_use(const struct fiber *fiber)
{
	size_t size = fiber->loop->options.stack_size, untouched = 0;
	const unsigned char *stack = (const unsigned char *)fiber->stack;

	SANITIZE_UNPOISON(fiber->stack, size);
	(void)VALGRIND_MAKE_MEM_DEFINED(fiber->stack, size);
	while (untouched < size && stack[untouched] == PAINT)
		untouched++;
	return size - untouched;
}

/* A stack that went deep once shall not keep its pages for ever. One page below the limit tells whether it
 * did: pages nobody touched read as zero. */
static void trim_stack(struct fiber *fiber)
{
	const struct loop_options *options = &fiber->loop->options;
	size_t page = page_size(), below = options->stack_size - options->stack_keep;
	const uint64_t *probe;

	if (HAVE_ASAN || RUNNING_ON_VALGRIND || options->stack_keep + page > options->stack_size)
		return;
	probe = (const uint64_t *)(fiber->stack + below - page);
	for (size_t i = 0; i < page / sizeof(*probe); i++) {
		if (probe[i]) {
			madvise(fiber->stack, below, MADV_DONTNEED);
			return;
		}
	}
}

static void retire(struct fiber *fiber)
{
	struct loop *loop = fiber->loop;

	loop->fibers--;
	fiber->state = FIBER_IDLE;
	if (loop->options.paint_stacks) {
		size_t used = stack_use(fiber);

		loop->deepest = used > loop->deepest ? used : loop->deepest;
	}
	if (loop->idle_count >= loop->options.idle_fibers) {
		fiber_free(fiber);
		return;
	}
	if (!loop->options.paint_stacks)
		trim_stack(fiber);
	TAILQ_INSERT_HEAD(&loop->idle, fiber, entry);
	loop->idle_count++;
}

/* ---- beginning and ending ---- */

static void leave_group(struct fiber *fiber)
{
	struct fiber_group *group = fiber->group;

	if (!group)
		return;
	fiber->group = NULL;
	LIST_REMOVE(fiber, of_group);
	if (LIST_EMPTY(&group->members))
		fiber_queue_wake_all(&group->done);
}

/* What every stack runs: one function after the other, as the pool hands it out. */
static void fiber_main(void)
{
	struct fiber *fiber = running;

	arrived(fiber->loop, NULL, fiber->resumer);
	for (;;) {
		fiber->fn(fiber->arg);
		assert(LIST_EMPTY(&fiber->groups));
		assert(fiber->shields == 0);
		leave_group(fiber);
		fiber->fn = NULL;
		leave(fiber);
	}
}

static struct fiber *begin(struct loop *loop, fiber_fn *fn, void *arg, struct fiber_group *group)
{
	struct fiber *fiber = TAILQ_FIRST(&loop->idle);

	if (fiber) {
		TAILQ_REMOVE(&loop->idle, fiber, entry);
		loop->idle_count--;
	} else {
		fiber = fiber_new(loop);
		if (!fiber)
			return NULL;
	}
	loop->fibers++;
	fiber->fn = fn;
	fiber->arg = arg;
	fiber->cancelled = group && running->cancelled;
	fiber->group = group;
	if (group)
		LIST_INSERT_HEAD(&group->members, fiber, of_group);
	return fiber;
}

struct fiber *fiber_spawn(struct loop *loop, fiber_fn *fn, void *arg)
{
	struct fiber *fiber = begin(loop, fn, arg, NULL);

	if (fiber)
		resume(fiber);
	return fiber;
}

int fiber_group_spawn(struct fiber_group *group, fiber_fn *fn, void *arg)
{
	struct fiber *fiber = begin(running->loop, fn, arg, group);

	if (!fiber)
		return -ENOMEM;
	resume(fiber);
	return 0;
}

struct fiber *fiber_self(void)
{
	return running;
}

struct loop *fiber_loop(void)
{
	return running ? running->loop : NULL;
}

size_t fiber_deepest_stack(struct loop *loop)
{
	return loop->deepest;
}
