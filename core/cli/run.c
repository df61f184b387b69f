#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { OUTPUT_LIMIT = 64 * 1024 };

void words_add(struct words *words, const char *word)
{
	if (words->count + 1 >= words->capacity) {
		unsigned capacity = words->capacity ? words->capacity * 2 : 32;
		const char **larger = arena_array(words->arena, capacity, sizeof(*larger));

		if (words->count)
			memcpy(larger, words->items, words->count * sizeof(*larger));
		words->items = larger;
		words->capacity = capacity;
	}
	words->items[words->count++] = word;
	words->items[words->count] = NULL;
}

void words_split(struct words *words, const char *text)
{
	while (*text) {
		char *word = arena_alloc(words->arena, strlen(text) + 1), *to = word;

		while (*text && strchr(" \t\n", *text))
			text++;
		while (*text && !strchr(" \t\n", *text)) {
			if (*text == '\\' && text[1])
				text++;
			*to++ = *text++;
		}
		*to = '\0';
		if (to > word)
			words_add(words, word);
	}
}

static int judge(const char *program, int status, struct error *error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return error_set(error, ERROR_APPLICATION, "%s was ended by signal %d (%s)", program, WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	return error_set(error, ERROR_APPLICATION, "%s ended with status %d", program, WEXITSTATUS(status));
}

static int spawn(const struct words *words, posix_spawn_file_actions_t *actions, pid_t *pid_r, struct error *error)
{
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int rc;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGQUIT);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawnp(pid_r, words->items[0], actions, &attributes, (char *const *)words->items, environ);
	posix_spawnattr_destroy(&attributes);
	if (rc != 0)
		return error_set(error, ERROR_APPLICATION, "%s can't be run: %s%s", words->items[0], strerror(rc),
			rc == ENOENT ? "; is it installed?" : "");
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

int run_program(const struct words *words, const char *output, struct error *error)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	posix_spawn_file_actions_init(&actions);
	if (output) {
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	}
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	rc = spawn(words, &actions, &pid, error);
	if (rc == 0)
		rc = judge(words->items[0], wait_for(pid), error);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static const char *read_all(struct arena *arena, int fd)
{
	char *text = arena_alloc(arena, OUTPUT_LIMIT + 1);
	size_t have = 0;
	ssize_t got;

	while (have < OUTPUT_LIMIT && (got = read(fd, text + have, OUTPUT_LIMIT - have)) != 0) {
		if (got > 0)
			have += (size_t)got;
		else if (errno != EINTR)
			break;
	}
	text[have] = '\0';
	return text;
}

const char *run_output(const struct words *words, struct error *error)
{
	posix_spawn_file_actions_t actions;
	const char *text = NULL;
	int ends[2], rc;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		error_set(error, ERROR_INTERNAL, "pipe: %s", strerror(errno));
		return NULL;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	rc = spawn(words, &actions, &pid, error);
	close(ends[1]);
	if (rc == 0) {
		text = read_all(words->arena, ends[0]);
		rc = judge(words->items[0], wait_for(pid), error);
	}
	close(ends[0]);
	posix_spawn_file_actions_destroy(&actions);
	return rc == 0 ? text : NULL;
}
