/* What comes to the supervisor from outside: lines of the control socket, and frames of a child that a plugin
 * may have damaged. The first byte chooses which. What is read of a frame before its end must ask for more.
 *
 *	clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Icore -Isdk/include
 *		-o fuzz_control tests/fuzz/fuzz_control.c LIBRARIES-OF-A-BUILD
 *	./fuzz_control -max_len=4096 -max_total_time=180 NEW_CORPUS
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/channel.h"
#include "server/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_line(struct str line)
{
	struct error error = ERROR_INIT;
	struct control_request request;
	int rc = control_parse(line, &request, &error);

	assert((rc < 0) == error_is_set(&error));
	assert(rc < 0 || request.command < CONTROL_COMMANDS);
	assert(memchr(request.what, '\0', sizeof(request.what)));
	error_clear(&error);
}

/* What was read is written as a frame of its own. Its number may be one that is written with more digits than
 * are read: no message has such numbers. */
static void write_back(const struct channel_frame *frame)
{
	struct error error = ERROR_INIT;
	struct channel_frame again;
	struct buf out = BUF_INIT;

	if (channel_encode(&out, frame->type, frame->payload) == 0) {
		int rc = channel_decode(buf_str(&out), &again, &error);

		assert(rc == 1 || frame->payload);
		assert(rc < 0 || (again.type == frame->type && again.size == out.n));
		assert(rc < 0 || !frame->payload == !again.payload);
		json_decref(again.payload);
		error_clear(&error);
	}
	buf_clear(&out);
}

static void read_frames(struct str bytes)
{
	while (bytes.n) {
		struct error error = ERROR_INIT;
		struct channel_frame frame, part;
		int rc = channel_decode(bytes, &frame, &error);

		error_clear(&error);
		if (rc <= 0)
			return;
		assert(frame.size <= bytes.n && frame.size >= CHANNEL_HEAD);
		assert(channel_decode(str_take(bytes, frame.size - 1), &part, &error) == 0);
		write_back(&frame);
		json_decref(frame.payload);
		bytes = str_skip(bytes, frame.size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str bytes = { (const char *)data, n };

	if (n == 0)
		return 0;
	if (data[0] & 1)
		read_line(str_skip(bytes, 1));
	else
		read_frames(str_skip(bytes, 1));
	return 0;
}
