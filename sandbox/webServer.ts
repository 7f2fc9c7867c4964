import type { FastifyReply, FastifyRequest } from 'fastify';

import type { SandboxState } from './state';

/** Above the largest limit that can be set, so that the answer is never Fastify's. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

const TITLES = {
	413: 'Request Entity Too Large',
	414: 'Request-URI Too Large',
	431: 'Request Header Fields Too Large',
};

/** The page of nginx, which knows nothing of the API behind it. */
function page(status: keyof typeof TITLES): string {
	const title = `${status} ${TITLES[status]}`;
	return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

/** Bytes of the headers as they were sent: names and values, each with its separator. */
function headerBytes({ raw }: FastifyRequest): number {
	return raw.rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, 'latin1') + 2, 0);
}

/**
 * The web server in front of either API, as options of a route. What exceeds its limits goes no further: HTTP 414 for the
 * address (RFC 9110), 431 for the headers (RFC 6585), 413 for the body, as a page without a code.
 * @param nameOf the operation in the statistics
 */
export function behindWebServer(state: SandboxState, nameOf: (request: FastifyRequest) => string) {
	function refuse(request: FastifyRequest, reply: FastifyReply, status: keyof typeof TITLES) {
		state.stats.countCall(nameOf(request));
		state.stats.countRefused(String(status));
		return reply.code(status).type('text/html').send(page(status));
	}
	return {
		bodyLimit: MAX_BODY_BYTES,
		onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
			const { addressMostBytes, headersMostBytes, bodyMostBytes } = state.settings;
			if (request.raw.url!.length > addressMostBytes) return refuse(request, reply, 414);
			if (headerBytes(request) > headersMostBytes) return refuse(request, reply, 431);
			if (Number(request.headers['content-length'] ?? 0) > bodyMostBytes)
				return refuse(request, reply, 413);
			return undefined;
		},
		// A body that comes in chunks has no length before it is read.
		preHandler: async (request: FastifyRequest, reply: FastifyReply) =>
			Buffer.isBuffer(request.body) && request.body.length > state.settings.bodyMostBytes
				? refuse(request, reply, 413)
				: undefined,
	};
}
