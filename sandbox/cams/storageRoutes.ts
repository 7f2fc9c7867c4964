import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Refusal } from '../refusal';
import type { SandboxState } from '../state';
import type { ObjectStorage } from './storage';
import { toXml } from './storage';
import { toWireRequest, type WireRequest } from './wireRequest';

/** Above the storage's own limit, so that oversized files get the storage's error and not Fastify's. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/**
 * Serves the object storage at every path except /.
 * @param storage read for every request, because a reset replaces it
 * @param now the gateway's clock, milliseconds since 1970
 */
export function registerStorage(
	api: FastifyInstance,
	state: SandboxState,
	storage: () => ObjectStorage,
	now: () => number,
): void {
	function answer(
		request: FastifyRequest,
		reply: FastifyReply,
		work: (wire: WireRequest) => Buffer | undefined,
	) {
		const requestId = randomUUID().replace(/-/g, '').slice(0, 24).toUpperCase();
		reply.header('x-oss-request-id', requestId);
		try {
			return reply.send(work(toWireRequest(request)));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (request.method === 'PUT') state.stats.countRefusedUpload(error.code);
			return reply
				.code(error.status)
				.type('application/xml')
				.send(toXml(error, requestId, request.host));
		}
	}

	api.put('/*', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) =>
		answer(request, reply, (wire) => {
			const upload = storage().put(wire, state.settings.uploadMostBytes, now());
			state.stats.countUpload(upload);
			reply.header('etag', upload.etag);
			return undefined;
		}),
	);
	api.get('/*', async (request, reply) =>
		answer(request, reply, (wire) => {
			const { body, contentType, etag } = storage().get(wire);
			// A file can be a page, and would be of the same origin as the sandbox's own.
			reply.type(contentType).headers({
				etag,
				'content-security-policy': 'sandbox',
				'x-content-type-options': 'nosniff',
			});
			return body;
		}),
	);
}
