import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ACCEPTING_FAULTS, leaveUnanswered } from '../faults';
import { Refusal } from '../refusal';
import type { FaultKind } from '../settings';
import type { SandboxState } from '../state';
import { MMLITE_PATH, type Account } from './accounts';
import { checkAccount, signIn } from './auth';
import type { OperationResult, Operation } from './call';
import { phoneInfo, templateList } from './lists';
import { statusJob } from './receipts';
import { WebRefusal } from './refusal';
import { submitMessage, submitMmLite } from './send';

/** The half of the sandbox that plays InnoPaaS: its WhatsApp API v3. */

const ROOT = '/api/whatsapp/v3';

interface Endpoint {
	name: string;
	operation: Operation;
	sends: boolean;
}

const ENDPOINTS: Record<string, Endpoint> = {
	[`${ROOT}/msg/submit`]: { name: 'InnoPaaSSubmit', operation: submitMessage, sends: true },
	[MMLITE_PATH]: { name: 'InnoPaaSMmLite', operation: submitMmLite, sends: true },
	[`${ROOT}/account/phoneInfo`]: { name: 'InnoPaaSPhoneInfo', operation: phoneInfo, sends: false },
	[`${ROOT}/template/list`]: {
		name: 'InnoPaaSTemplateList',
		operation: templateList,
		sends: false,
	},
};

/** @throws Refusal unless it is JSON in UTF-8, and an object */
function readJson({ headers, body }: FastifyRequest): Record<string, unknown> {
	if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
		throw new WebRefusal(415, 'Unsupported Media Type');
	try {
		const value: unknown = JSON.parse(
			new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer | undefined),
		);
		if (typeof value === 'object' && value !== null && !Array.isArray(value))
			return value as Record<string, unknown>;
	} catch {
		// Refused below, like anything else that is not an object.
	}
	throw new WebRefusal(400, 'Bad Request');
}

/** How many recipients a call carries; none when that cannot be read. */
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

/** Serves the paths of InnoPaaS. */
export function innoPaas(api: FastifyInstance, run: SandboxState): void {
	function handle(
		request: FastifyRequest,
		{ name, operation }: Endpoint,
	): OperationResult & { account: Account } {
		const account = signIn(request.headers);
		if (!run.takeQuota(account.appKey, name)) throw THROTTLED;
		const body = readJson(request);
		try {
			checkAccount(account);
			return { account, ...operation({ account, body, settings: run.settings, now: Date.now() }) };
		} catch (error) {
			if (error instanceof Refusal)
				throw new Refusal(run.settings.innoPaasRefusalStatus, error.code, error.message);
			throw error;
		}
	}

	/** Counts what was taken. Its receipts come once the caller has the answer, or would have it. */
	function take({ account, messages }: OperationResult & { account: Account }): () => void {
		run.stats.countAccepted(messages);
		const { pushQueue, settings } = run;
		const target = settings.receipts.innoPaas;
		return pushQueue.announce('innoPaas', () => target && statusJob(target, account, messages));
	}

	function answer(reply: FastifyReply, data: unknown) {
		const text = JSON.stringify({ code: '0', success: true, message: 'Success', data });
		// No number of JavaScript holds all digits of an id.
		const isIdAsNumber = run.settings.innoPaasDataAsNumber && typeof data === 'string';
		return reply
			.code(200)
			.type('application/json;charset=UTF-8')
			.send(isIdAsNumber ? text.replace(`"${data}"`, data) : text);
	}

	function refuse(reply: FastifyReply, refusal: Refusal) {
		const { status, code, message } = refusal;
		const { retryAfterMs } = run.settings;
		run.stats.countRefused(code);
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

	function playFault(
		kind: FaultKind,
		request: FastifyRequest,
		reply: FastifyReply,
		endpoint: Endpoint,
	) {
		// What InnoPaaS would refuse is refused, and no fault is played.
		if (ACCEPTING_FAULTS.has(kind)) take(handle(request, endpoint))();
		run.stats.countFault(kind, countRecipients(request));
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
				return refuse(reply, THROTTLED);
		}
	}

	async function serve(request: FastifyRequest, reply: FastifyReply) {
		const [path] = request.raw.url!.split('?');
		const isThere =
			Object.hasOwn(ENDPOINTS, path) &&
			(run.settings.innoPaasTemplateList || ENDPOINTS[path].operation !== templateList);
		const endpoint = isThere ? ENDPOINTS[path] : undefined;
		run.stats.countCall(endpoint?.name ?? path);
		const fault = endpoint?.sends ? run.nextFault() : undefined;
		try {
			if (!endpoint) throw new WebRefusal(404, 'Not Found');
			if (fault) {
				await run.simulateLatency();
				return playFault(fault, request, reply, endpoint);
			}
			const handled = handle(request, endpoint);
			reply.raw.once('close', take(handled));
			await run.simulateLatency();
			return answer(reply, handled.data);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			// A fault has had its latency already.
			if (!fault) await run.simulateLatency();
			return refuse(reply, error);
		}
	}

	api.removeAllContentTypeParsers();
	// So that the sandbox says itself what is no JSON.
	api.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
	api.post(`${ROOT}/*`, serve);
	api.post(MMLITE_PATH, serve);
}
