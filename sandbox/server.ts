import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';

import type { Handled, Parameters } from './operation';
import { checkAccount, findOperation } from './operations';
import { Quota } from './quota';
import { Refusal } from './refusal';
import { DEFAULT_SETTINGS, SETTINGS_SCHEMA, type FaultKind, type Settings } from './settings';
import { NonceMemory, verify, type WireRequest } from './signature';
import { Stats } from './stats';
import { Storage, toXml } from './storage';

/** A running sandbox. */
export interface Sandbox {
	/** e.g. http://127.0.0.1:4010 */
	url: string;
	stats(): ReturnType<Stats['read']>;
	configure(settings: Partial<Settings>): void;
	reset(): void;
	close(): Promise<void>;
}

const SENDS = new Set(['SendChatappMessage', 'SendChatappMassMessage']);

/** More than the storage takes, so that it is the storage that says so. */
const MOST_BODY_BYTES = 256 * 1024 * 1024;

/** Faults that come after the message was taken; the caller cannot know. */
const TAKES: ReadonlySet<FaultKind> = new Set<FaultKind>(['resetAfter', 'hangAfter', 'serverErrorAfter', 'nonJson', 'truncatedJson', 'nonceUsed']);

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
function readParameters(wire: WireRequest): Parameters {
	const contentType = String(wire.headers['content-type'] ?? '');
	const form = contentType.startsWith('application/x-www-form-urlencoded') ? wire.body.toString('utf8') : '';
	const parameters: Parameters = new Map();
	for (const [name, value] of [...new URLSearchParams(wire.rawQuery), ...new URLSearchParams(form)]) {
		if (parameters.has(name)) throw new Refusal(400, 'InvalidParameter', `${name} is given twice.`);
		parameters.set(name, value);
	}
	return parameters;
}

/** How many recipients a send carries; none when that cannot be read. */
function countRecipients(wire: WireRequest): number {
	try {
		const parameters = readParameters(wire);
		const list: unknown = JSON.parse(parameters.get('SenderList') ?? '[]');
		return Array.isArray(list) && list.length > 0 ? list.length : Number(parameters.has('To'));
	} catch {
		return 0;
	}
}

/**
 * Starts a stand-in for Alibaba Cloud CAMS on loopback. It checks signatures, dates, nonces, parameters and
 * calls per second for real and keeps count of what it took.
 * @param port 0 for any free one
 * @throws the error of Node.js when the port is taken (code EADDRINUSE)
 */
export async function startSandbox(port = 0, settings: Partial<Settings> = {}): Promise<Sandbox> {
	let current: Settings = { ...DEFAULT_SETTINGS, ...settings, limits: { ...DEFAULT_SETTINGS.limits, ...settings.limits } };
	let stats = new Stats();
	let nonces = new NonceMemory();
	let quota = new Quota();
	let storage = new Storage();

	const configure = (change: Partial<Settings>) => {
		current = { ...current, ...change, limits: { ...current.limits, ...change.limits } };
	};
	const reset = () => {
		stats = new Stats();
		nonces = new NonceMemory();
		quota = new Quota();
		storage = new Storage();
	};
	const gatewayTime = () => Date.now() + current.clockAheadMinutes * 60_000;

	function handle(wire: WireRequest, name: string): Handled {
		const account = verify(wire, nonces, gatewayTime());
		const operation = findOperation(name, String(wire.headers['x-acs-version'] ?? ''));
		const limit = current.limits[name];
		if (limit !== undefined && !quota.take(`${account.accessKeyId}/${name}`, limit, Date.now(), current.window)) {
			throw new Refusal(400, current.throttleCode, 'Request was denied due to user flow control.');
		}
		checkAccount(account);
		try {
			return operation(readParameters(wire), {
				history: stats.messages,
				address: `http://${String(wire.headers.host)}`,
				grantUpload: () => storage.grant(gatewayTime(), current.uploadExpireSeconds),
				now: Date.now(),
			});
		} catch (error) {
			// Whether a refusal for business reasons comes as 400 or as 200 is not documented: both are played.
			if (error instanceof Refusal) throw new Refusal(current.refusalStatus, error.code, error.message);
			throw error;
		}
	}

	function strikes(name: string): FaultKind | undefined {
		if (!SENDS.has(name)) return undefined;
		const number = stats.sendReceived();
		return current.faults.find(
			({ calls, every, share }) =>
				calls?.includes(number) ||
				(every !== undefined && number % every === 0) ||
				(share !== undefined && Math.random() < share),
		)?.kind;
	}

	function answer(reply: FastifyReply, status: number, body: object, headers: Record<string, string> = {}) {
		return reply
			.code(status)
			.headers({ date: new Date(gatewayTime()).toUTCString(), ...headers })
			.send({ RequestId: randomUUID().toUpperCase(), ...body });
	}

	function refuse(reply: FastifyReply, { status, code, message }: Refusal) {
		stats.refused(code);
		const isThrottling = code === current.throttleCode && current.retryAfterMs !== undefined;
		return answer(
			reply,
			status,
			{ Code: code, Message: message, HostId: 'sandbox', Recommend: 'https://example.com/sandbox' },
			isThrottling ? { 'x-acs-retry-after': String(current.retryAfterMs) } : {},
		);
	}

	function playFault(kind: FaultKind, request: FastifyRequest, reply: FastifyReply, wire: WireRequest, name: string) {
		// What the gateway would refuse is refused, and no fault is played.
		if (TAKES.has(kind)) stats.accepted(handle(wire, name).messages);
		stats.faulted(kind, countRecipients(wire));
		const breakLine = () => {
			reply.hijack();
			request.raw.socket.destroy();
		};
		switch (kind) {
			case 'resetBefore':
			case 'resetAfter':
				return breakLine();
			case 'hangAfter':
				reply.hijack();
				return;
			case 'serverErrorAfter':
				return answer(reply, 500, { Code: 'InternalError', Message: 'The request processing has failed.' });
			case 'serverErrorBefore':
				return answer(reply, 503, { Code: 'ServiceUnavailable', Message: 'The service is unavailable.' });
			case 'otherCode':
				return answer(reply, 200, { Code: 'Sandbox.Refused', Message: 'Refused with HTTP 200.' });
			case 'nonJson':
				return reply.code(200).type('text/html').send('<html><body>Bad gateway</body></html>');
			case 'truncatedJson':
				return reply.code(200).type('application/json').send('{"Code":"OK","Mess');
			case 'nonceUsed':
				return refuse(reply, new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'));
			case 'throttle':
				return refuse(reply, new Refusal(400, current.throttleCode, 'Request was denied due to user flow control.'));
		}
	}

	/** Answers a request to the object storage, refusals in its own way. */
	function answerStorage(request: FastifyRequest, reply: FastifyReply, work: (wire: WireRequest) => Buffer | undefined) {
		const requestId = randomUUID().replace(/-/g, '').slice(0, 24).toUpperCase();
		reply.header('x-oss-request-id', requestId);
		try {
			return reply.send(work(toWire(request)));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (request.method === 'PUT') stats.uploadRefused(error.code);
			return reply.code(error.status).type('application/xml').send(toXml(error, requestId, request.host));
		}
	}

	const app = Fastify({
		forceCloseConnections: true,
		bodyLimit: 32 * 1024 * 1024,
		// The newer official SDK puts a whole list of recipients into the address.
		http: { maxHeaderSize: 1024 * 1024 },
		ajv: { customOptions: { removeAdditional: false } },
	});

	app.register(async (admin) => {
		admin.get<{ Querystring: { messages: boolean } }>(
			'/__sandbox/stats',
			{ schema: { querystring: { type: 'object', properties: { messages: { type: 'boolean', default: true } } } } },
			async (request) => ({ ...stats.read(), ...(!request.query.messages && { messages: undefined }) }),
		);
		admin.get('/__sandbox/recipients', async () => stats.readRecipients());
		admin.post('/__sandbox/reset', async () => {
			reset();
			return { done: true };
		});
		admin.post<{ Body: Partial<Settings> }>(
			'/__sandbox/config',
			{ schema: { body: SETTINGS_SCHEMA } },
			async (request) => {
				configure(request.body);
				return current;
			},
		);
	});

	app.register(async (api) => {
		api.removeAllContentTypeParsers();
		// The signature covers the bytes as they came: nothing may parse them before.
		api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
		api.route({
			method: ['GET', 'POST'],
			url: '/',
			handler: async (request, reply) => {
				const wire = toWire(request);
				const name = String(wire.headers['x-acs-action'] ?? '');
				stats.received(name);
				const wait = current.latencyMs + Math.random() * current.jitterMs;
				const fault = strikes(name);
				try {
					if (fault) {
						if (wait > 0) await delay(wait);
						return playFault(fault, request, reply, wire, name);
					}
					const { body, messages } = handle(wire, name);
					stats.accepted(messages);
					if (wait > 0) await delay(wait);
					return answer(reply, 200, body);
				} catch (error) {
					if (!(error instanceof Refusal)) throw error;
					if (wait > 0) await delay(wait);
					return refuse(reply, error);
				}
			},
		});
		api.put('/*', { bodyLimit: MOST_BODY_BYTES }, async (request, reply) =>
			answerStorage(request, reply, (wire) => {
				const upload = storage.put(wire, current.uploadMostBytes, gatewayTime());
				stats.uploaded(upload);
				reply.header('etag', upload.etag);
				return undefined;
			}),
		);
		api.get('/*', async (request, reply) =>
			answerStorage(request, reply, (wire) => {
				const { body, contentType, etag } = storage.get(wire);
				reply.type(contentType).header('etag', etag);
				return body;
			}),
		);
	});

	await app.listen({ host: '127.0.0.1', port });
	const { port: actualPort } = app.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${actualPort}`,
		stats: () => stats.read(),
		configure,
		reset,
		close: () => app.close(),
	};
}
