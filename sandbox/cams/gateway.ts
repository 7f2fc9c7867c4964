import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ACCEPTING_FAULTS, leaveUnanswered } from '../faults';
import { Refusal } from '../refusal';
import type { FaultKind, Settings } from '../settings';
import type { SandboxState } from '../state';
import { behindWebServer } from '../webServer';
import type { CallParameters, OperationResult } from './call';
import { MessageHistory } from './history';
import { SENDS, checkAccount, findOperation } from './operations';
import { statusJob } from './receipts';
import { NonceMemory, verify } from './signature';
import { ObjectStorage } from './storage';
import { registerStorage } from './storageRoutes';
import { Webhooks } from './webhookStore';
import { toWireRequest, type WireRequest } from './wireRequest';

/** Neither generation of official SDKs ever sends the parameters of these as a form. */
const QUERY_ONLY = new Set(['UpdatePhoneWebhook', 'UpdateAccountWebhook']);

/**
 * Parameters of a single send that both generations put into the query. Only Alibaba's client for all of its APIs
 * (@alicloud/pop-core) puts them into a form, so whether CAMS reads them there is a setting.
 */
const CONTENT: ReadonlySet<string> = new Set(['Content', 'Payload']);

function readForm(
	wire: WireRequest,
	operation: string,
	contentInForm: Settings['contentInForm'],
): Array<[string, string]> {
	const isForm = String(wire.headers['content-type'] ?? '').startsWith(
		'application/x-www-form-urlencoded',
	);
	if (!isForm || QUERY_ONLY.has(operation)) return [];
	const pairs = [...new URLSearchParams(wire.body.toString('utf8'))];
	return contentInForm === 'read' ? pairs : pairs.filter(([name]) => !CONTENT.has(name));
}

/** Accepts what both generations of official SDKs send: parameters in the query, in a form, or split between them. */
function readParameters(
	wire: WireRequest,
	operation: string,
	{ contentInForm }: Settings,
): CallParameters {
	const parameters: CallParameters = new Map();
	for (const [name, value] of [
		...new URLSearchParams(wire.rawQuery),
		...readForm(wire, operation, contentInForm),
	]) {
		if (parameters.has(name)) throw new Refusal(400, 'InvalidParameter', `${name} is given twice.`);
		parameters.set(name, value);
	}
	return parameters;
}

const operationOf = ({ headers }: FastifyRequest) => String(headers['x-acs-action'] ?? '');

/** Number of recipients in a send; 0 if the parameters cannot be parsed. */
function countRecipients(wire: WireRequest, operation: string, settings: Settings): number {
	try {
		const parameters = readParameters(wire, operation, settings);
		const list: unknown = JSON.parse(parameters.get('SenderList') ?? '[]');
		return Array.isArray(list) && list.length > 0 ? list.length : Number(parameters.has('To'));
	} catch {
		return 0;
	}
}

/** Alibaba Cloud: the gateway of CAMS, and the object storage. Holds what a reset forgets. */
export class CamsGateway {
	webhooks = new Webhooks();
	private nonces = new NonceMemory();
	private storage = new ObjectStorage();
	private history = this.newHistory();

	constructor(private state: SandboxState) {}

	reset(): void {
		this.nonces = new NonceMemory();
		this.storage = new ObjectStorage();
		this.webhooks = new Webhooks();
		this.history = this.newHistory();
	}

	private newHistory(): MessageHistory {
		return new MessageHistory(() => this.now());
	}

	/** Serves the gateway at / and the storage at every other path. */
	register(api: FastifyInstance): void {
		api.removeAllContentTypeParsers();
		// The signature covers the raw bytes of the body.
		api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
			done(null, body),
		);
		api.route({
			...behindWebServer(this.state, operationOf),
			method: ['GET', 'POST'],
			url: '/',
			handler: async (request, reply) => await this.serve(request, reply),
		});
		registerStorage(
			api,
			this.state,
			() => this.storage,
			() => this.now(),
		);
	}

	/** The gateway's clock, milliseconds since 1970. */
	private now(): number {
		return Date.now() + this.state.settings.clockAheadMinutes * 60_000;
	}

	private async serve(request: FastifyRequest, reply: FastifyReply) {
		const { state } = this;
		const wire = toWireRequest(request);
		const name = operationOf(request);
		state.stats.countCall(name);
		const fault = SENDS.has(name) ? state.nextFault() : undefined;
		try {
			if (fault) {
				await state.simulateLatency();
				return this.simulateFault(fault, request, reply, wire, name);
			}
			const result = this.handle(wire, name);
			reply.raw.once('close', this.accept(result));
			await state.simulateLatency();
			return this.answer(reply, 200, result.body);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			// With a fault, the latency has passed already.
			if (!fault) await state.simulateLatency();
			return this.refuse(reply, error);
		}
	}

	/**
	 * Records accepted messages.
	 * @returns a function that starts to push their receipts, to be called once the caller has the response
	 */
	private accept({ messages }: OperationResult): () => void {
		const { state, webhooks } = this;
		const { pushQueue, settings } = state;
		state.accept(messages);
		this.history.add(messages);
		return pushQueue.announce('cams', () =>
			statusJob(settings.receipts.cams ?? {}, webhooks, messages),
		);
	}

	private handle(wire: WireRequest, name: string): OperationResult {
		const { state } = this;
		const account = verify(wire, this.nonces, this.now());
		const operation = findOperation(name, String(wire.headers['x-acs-version'] ?? ''));
		if (!state.takeQuota(account.accessKeyId, name)) throw this.throttled();
		checkAccount(account);
		try {
			return operation(readParameters(wire, name, state.settings), {
				history: this.history,
				address: `http://${String(wire.headers.host)}`,
				grantUpload: () => this.storage.grant(this.now(), state.settings.uploadExpireSeconds),
				webhooks: this.webhooks,
				conversations: state.conversations,
				settings: state.settings,
				now: Date.now(),
			});
		} catch (error) {
			// The documentation leaves open whether business errors come with 400 or 200.
			if (error instanceof Refusal)
				throw new Refusal(state.settings.refusalStatus, error.code, error.message);
			throw error;
		}
	}

	private throttled(): Refusal {
		const { throttleCode } = this.state.settings;
		return new Refusal(400, throttleCode, 'Request was denied due to user flow control.');
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
		const { throttleCode, retryAfterMs } = this.state.settings;
		this.state.stats.countRefused(code);
		return this.answer(
			reply,
			status,
			{ Code: code, Message: message, HostId: 'sandbox', Recommend: 'https://example.com/sandbox' },
			code === throttleCode && retryAfterMs !== undefined
				? { 'x-acs-retry-after': String(retryAfterMs) }
				: {},
		);
	}

	private simulateFault(
		kind: FaultKind,
		request: FastifyRequest,
		reply: FastifyReply,
		wire: WireRequest,
		name: string,
	) {
		// Throws for calls that the gateway would refuse anyway; these do not count as faults.
		if (ACCEPTING_FAULTS.has(kind)) this.accept(this.handle(wire, name))();
		this.state.stats.countFault(kind, countRecipients(wire, name, this.state.settings));
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
				return this.refuse(reply, this.throttled());
		}
	}
}
