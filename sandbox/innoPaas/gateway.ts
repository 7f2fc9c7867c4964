import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ACCEPTING_FAULTS, leaveUnanswered } from '../faults';
import { Refusal } from '../refusal';
import type { FaultKind } from '../settings';
import type { SandboxState } from '../state';
import { isObject } from '../validation';
import { behindWebServer } from '../webServer';
import { MMLITE_PATH, type Account } from './accounts';
import { authenticate, checkAccount } from './auth';
import type { OperationResult } from './call';
import { ROOT, findEndpoint, type Endpoint } from './operations';
import { statusJob } from './receipts';
import { WebRefusal } from './refusal';

/** @throws Refusal unless the body is a JSON object in UTF-8 */
function readJson({ headers, body }: FastifyRequest): Record<string, unknown> {
	if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
		throw new WebRefusal(415, 'Unsupported Media Type');
	try {
		const value: unknown = JSON.parse(
			new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer | undefined),
		);
		if (isObject(value)) return value;
	} catch {
		// Refused below, like JSON that is not an object.
	}
	throw new WebRefusal(400, 'Bad Request');
}

const pathOf = ({ raw }: FastifyRequest) => raw.url!.split('?')[0];

/** Number of recipients in a send; 0 if the body cannot be parsed. */
function countRecipients(request: FastifyRequest): number {
	try {
		const { recipientNumber } = readJson(request);
		return typeof recipientNumber === 'string' && recipientNumber !== ''
			? recipientNumber.split(',').length
			: 0;
	} catch {
		return 0;
	}
}

const THROTTLED = new Refusal(429, '429', 'Too Many Requests');

type HandledCall = OperationResult & { account: Account };

/** InnoPaaS: its WhatsApp API v3. */
export class InnoPaasGateway {
	constructor(private state: SandboxState) {}

	register(api: FastifyInstance): void {
		api.removeAllContentTypeParsers();
		// Raw bytes, so that malformed JSON gets InnoPaaS's response and not Fastify's.
		api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
			done(null, body),
		);
		const limits = behindWebServer(
			this.state,
			(request) => this.find(request)?.name ?? pathOf(request),
		);
		for (const path of [`${ROOT}/*`, MMLITE_PATH])
			api.post(path, limits, async (request, reply) => await this.serve(request, reply));
	}

	private find(request: FastifyRequest): Endpoint | undefined {
		return findEndpoint(pathOf(request), this.state.settings.innoPaasTemplateList);
	}

	private async serve(request: FastifyRequest, reply: FastifyReply) {
		const { state } = this;
		const endpoint = this.find(request);
		state.stats.countCall(endpoint?.name ?? pathOf(request));
		const fault = endpoint?.sends ? state.nextFault() : undefined;
		try {
			if (!endpoint) throw new WebRefusal(404, 'Not Found');
			if (fault) {
				await state.simulateLatency();
				return this.simulateFault(fault, request, reply, endpoint);
			}
			const call = this.handle(request, endpoint);
			reply.raw.once('close', this.accept(call));
			await state.simulateLatency();
			return this.answer(reply, call.data);
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
	private accept({ account, messages }: HandledCall): () => void {
		const { pushQueue, settings } = this.state;
		this.state.accept(messages);
		const target = settings.receipts.innoPaas;
		return pushQueue.announce('innoPaas', () => target && statusJob(target, account, messages));
	}

	private handle(request: FastifyRequest, { name, operation }: Endpoint): HandledCall {
		const { state } = this;
		const account = authenticate(request.headers);
		if (!state.takeQuota(account.appKey, name)) throw THROTTLED;
		const body = readJson(request);
		try {
			checkAccount(account);
			const { settings, conversations } = state;
			return {
				account,
				...operation({ account, body, settings, conversations, now: Date.now() }),
			};
		} catch (error) {
			if (error instanceof Refusal)
				throw new Refusal(state.settings.innoPaasRefusalStatus, error.code, error.message);
			throw error;
		}
	}

	private answer(reply: FastifyReply, data: unknown) {
		const text = JSON.stringify({ code: '0', success: true, message: 'Success', data });
		// Inserted as text, because a JavaScript number cannot hold all digits of an ID.
		const isIdAsNumber = this.state.settings.innoPaasDataAsNumber && typeof data === 'string';
		return reply
			.code(200)
			.type('application/json;charset=UTF-8')
			.send(isIdAsNumber ? text.replace(`"${data}"`, data) : text);
	}

	private refuse(reply: FastifyReply, refusal: Refusal) {
		const { status, code, message } = refusal;
		const { retryAfterMs } = this.state.settings;
		this.state.stats.countRefused(code);
		if (refusal === THROTTLED && retryAfterMs !== undefined)
			reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)));
		return reply
			.code(status)
			.send(
				refusal instanceof WebRefusal
					? { status, error: message }
					: { code, success: false, message },
			);
	}

	private simulateFault(
		kind: FaultKind,
		request: FastifyRequest,
		reply: FastifyReply,
		endpoint: Endpoint,
	) {
		// Throws for calls that InnoPaaS would refuse anyway; these do not count as faults.
		if (ACCEPTING_FAULTS.has(kind)) this.accept(this.handle(request, endpoint))();
		this.state.stats.countFault(kind, countRecipients(request));
		if (leaveUnanswered(kind, request, reply)) return undefined;
		switch (kind) {
			case 'serverErrorAfter':
			case 'nonceUsed': // InnoPaaS has no nonce.
				return reply.code(500).send({ status: 500, error: 'Internal Server Error' });
			case 'serverErrorBefore':
				return reply.code(503).send({ status: 503, error: 'Service Unavailable' });
			case 'otherCode':
				return reply
					.code(200)
					.send({ code: '999', success: false, message: 'Refused with HTTP 200.' });
			case 'nonJson':
				return reply.code(200).type('text/html').send('<html><body>Bad gateway</body></html>');
			case 'truncatedJson':
				return reply.code(200).type('application/json').send('{"code":"0","succ');
			case 'throttle':
				return this.refuse(reply, THROTTLED);
		}
	}
}
