import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ACCEPTING_FAULTS, leaveUnanswered } from '../faults';
import { Refusal } from '../refusal';
import type { FaultKind } from '../settings';
import type { SandboxState } from '../state';
import type { OperationResult, CallParameters } from './call';
import { statusJob } from './receipts';
import { checkAccount, findOperation } from './send';
import { NonceMemory, verify, type WireRequest } from './signature';
import { ObjectStorage, toXml } from './storage';
import { Webhooks } from './webhookStore';

/** The half of the sandbox that plays Alibaba Cloud: the gateway of CAMS, and the object storage. */

const SENDS = new Set(['SendChatappMessage', 'SendChatappMassMessage']);

/** Neither official generation ever put the parameters of these into a form. */
const QUERY_ONLY = new Set(['UpdatePhoneWebhook', 'UpdateAccountWebhook']);

/** More than the storage takes, so that it is the storage that says so. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

function toWire(request: FastifyRequest): WireRequest {
	const [path, ...query] = request.raw.url!.split('?');
	return {
		method: request.method,
		path,
		rawQuery: query.join('?'),
		headers: request.headers,
		body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
	};
}

/** Both official generations: parameters in the query, in a form, or some here and some there. */
function readParameters(wire: WireRequest, operation: string): CallParameters {
	const isForm = String(wire.headers['content-type'] ?? '').startsWith(
		'application/x-www-form-urlencoded',
	);
	const form = isForm && !QUERY_ONLY.has(operation) ? wire.body.toString('utf8') : '';
	const parameters: CallParameters = new Map();
	for (const [name, value] of [
		...new URLSearchParams(wire.rawQuery),
		...new URLSearchParams(form),
	]) {
		if (parameters.has(name)) throw new Refusal(400, 'InvalidParameter', `${name} is given twice.`);
		parameters.set(name, value);
	}
	return parameters;
}

/** How many recipients a send carries; none when that cannot be read. */
function countRecipients(wire: WireRequest, operation: string): number {
	try {
		const parameters = readParameters(wire, operation);
		const list: unknown = JSON.parse(parameters.get('SenderList') ?? '[]');
		return Array.isArray(list) && list.length > 0 ? list.length : Number(parameters.has('To'));
	} catch {
		return 0;
	}
}

/** What Alibaba Cloud remembers, until a reset. */
export class Cams {
	private nonces = new NonceMemory();
	private storage = new ObjectStorage();
	/** Where receipts go. */
	webhooks = new Webhooks();

	constructor(private run: SandboxState) {}

	reset(): void {
		this.nonces = new NonceMemory();
		this.storage = new ObjectStorage();
		this.webhooks = new Webhooks();
	}

	/** Serves the gateway at / and the storage at any other path. */
	register(api: FastifyInstance): void {
		api.removeAllContentTypeParsers();
		// The signature covers the bytes as they came: nothing may parse them before.
		api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
			done(null, body),
		);
		api.route({
			method: ['GET', 'POST'],
			url: '/',
			handler: async (request, reply) => await this.serve(request, reply),
		});
		api.put('/*', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) =>
			this.answerStorage(request, reply, (wire) => {
				const upload = this.storage.put(wire, this.run.settings.uploadMostBytes, this.now());
				this.run.stats.countUpload(upload);
				reply.header('etag', upload.etag);
				return undefined;
			}),
		);
		api.get('/*', async (request, reply) =>
			this.answerStorage(request, reply, (wire) => {
				const { body, contentType, etag } = this.storage.get(wire);
				reply.type(contentType).header('etag', etag);
				return body;
			}),
		);
	}

	/** The gateway's clock. */
	private now(): number {
		return Date.now() + this.run.settings.clockAheadMinutes * 60_000;
	}

	private async serve(request: FastifyRequest, reply: FastifyReply) {
		const { run } = this;
		const wire = toWire(request);
		const name = String(wire.headers['x-acs-action'] ?? '');
		run.stats.countCall(name);
		const fault = SENDS.has(name) ? run.nextFault() : undefined;
		try {
			if (fault) {
				await run.simulateLatency();
				return this.playFault(fault, request, reply, wire, name);
			}
			const handled = this.handle(wire, name);
			reply.raw.once('close', this.take(handled));
			await run.simulateLatency();
			return this.answer(reply, 200, handled.body);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			// A fault has had its latency already.
			if (!fault) await run.simulateLatency();
			return this.refuse(reply, error);
		}
	}

	/** Counts what was taken. Its receipts come once the caller has the answer, or would have it. */
	private take({ messages }: OperationResult): () => void {
		const { run, webhooks } = this;
		const { pushQueue, settings } = run;
		run.stats.countAccepted(messages);
		return pushQueue.announce('cams', () =>
			statusJob(settings.receipts.cams ?? {}, webhooks, messages),
		);
	}

	private handle(wire: WireRequest, name: string): OperationResult {
		const { run } = this;
		const account = verify(wire, this.nonces, this.now());
		const operation = findOperation(name, String(wire.headers['x-acs-version'] ?? ''));
		if (!run.takeQuota(account.accessKeyId, name)) {
			throw new Refusal(
				400,
				run.settings.throttleCode,
				'Request was denied due to user flow control.',
			);
		}
		checkAccount(account);
		try {
			return operation(readParameters(wire, name), {
				history: run.stats.messages,
				address: `http://${String(wire.headers.host)}`,
				grantUpload: () => this.storage.grant(this.now(), run.settings.uploadExpireSeconds),
				webhooks: this.webhooks,
				settings: run.settings,
				now: Date.now(),
			});
		} catch (error) {
			// Whether a refusal for business reasons comes as 400 or as 200 is not documented: both are played.
			if (error instanceof Refusal)
				throw new Refusal(run.settings.refusalStatus, error.code, error.message);
			throw error;
		}
	}

	private answer(
		reply: FastifyReply,
		status: number,
		body: object,
		headers: Record<string, string> = {},
	) {
		return reply
			.code(status)
			.headers({ date: new Date(this.now()).toUTCString(), ...headers })
			.send({ RequestId: randomUUID().toUpperCase(), ...body });
	}

	private refuse(reply: FastifyReply, { status, code, message }: Refusal) {
		const { throttleCode, retryAfterMs } = this.run.settings;
		this.run.stats.countRefused(code);
		return this.answer(
			reply,
			status,
			{ Code: code, Message: message, HostId: 'sandbox', Recommend: 'https://example.com/sandbox' },
			code === throttleCode && retryAfterMs !== undefined
				? { 'x-acs-retry-after': String(retryAfterMs) }
				: {},
		);
	}

	private playFault(
		kind: FaultKind,
		request: FastifyRequest,
		reply: FastifyReply,
		wire: WireRequest,
		name: string,
	) {
		// What the gateway would refuse is refused, and no fault is played.
		if (ACCEPTING_FAULTS.has(kind)) this.take(this.handle(wire, name))();
		this.run.stats.countFault(kind, countRecipients(wire, name));
		if (leaveUnanswered(kind, request, reply)) return undefined;
		switch (kind) {
			case 'serverErrorAfter':
				return this.answer(reply, 500, {
					Code: 'InternalError',
					Message: 'The request processing has failed.',
				});
			case 'serverErrorBefore':
				return this.answer(reply, 503, {
					Code: 'ServiceUnavailable',
					Message: 'The service is unavailable.',
				});
			case 'otherCode':
				return this.answer(reply, 200, {
					Code: 'Sandbox.Refused',
					Message: 'Refused with HTTP 200.',
				});
			case 'nonJson':
				return reply.code(200).type('text/html').send('<html><body>Bad gateway</body></html>');
			case 'truncatedJson':
				return reply.code(200).type('application/json').send('{"Code":"OK","Mess');
			case 'nonceUsed':
				return this.refuse(
					reply,
					new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'),
				);
			case 'throttle':
				return this.refuse(
					reply,
					new Refusal(
						400,
						this.run.settings.throttleCode,
						'Request was denied due to user flow control.',
					),
				);
		}
	}

	/** Answers a request to the object storage, refusals in its own way. */
	private answerStorage(
		request: FastifyRequest,
		reply: FastifyReply,
		work: (wire: WireRequest) => Buffer | undefined,
	) {
		const requestId = randomUUID().replace(/-/g, '').slice(0, 24).toUpperCase();
		reply.header('x-oss-request-id', requestId);
		try {
			return reply.send(work(toWire(request)));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (request.method === 'PUT') this.run.stats.countRefusedUpload(error.code);
			return reply
				.code(error.status)
				.type('application/xml')
				.send(toXml(error, requestId, request.host));
		}
	}
}
