import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { type Api, CREDENTIAL_TYPE } from '../../../credentials/apis';
import { formatCount } from '../util/format';
import { mapInSlices } from '../util/yield';
import { isAllowed, isAuthentic, readUrlSecret, type Authentication } from './auth';
import { HttpRejection, checkType, parseWebhookBody } from './body';
import { dropsDuplicates } from './deduplicate';
import type { WebhookParser } from './event';
import { matchesFilter, readFilter } from './filter';
import { instanceTypeOf } from './instanceType';
import { hasNoIdentity, keyOf, seenBy } from './seenEvents';

/**
 * Answers a webhook request, and starts one execution with an item for each event that passes the filter. The answer
 * is sent from here, as n8n would send it only when the execution starts, which it may have to wait for. A check of the
 * address (GET, HEAD) starts nothing and needs no authentication.
 */
export async function receive(
	context: IWebhookFunctions,
	parsers: Readonly<Record<Api, WebhookParser>>,
): Promise<IWebhookResponseData> {
	const { parse, received } =
		parsers[context.getNodeParameter('api') === 'innoPaas' ? 'innoPaas' : 'cams'];
	if (context.getWebhookName() === 'setup') return answer(context, 200, received);
	const fromNode = (message: string) => `${context.getNode().name}: ${message}`;
	try {
		// Each read of a parameter costs n8n time.
		const options = context.getNodeParameter('options', {}) as IDataObject;
		await authenticate(context, options);
		const pushed = await readBody(context);
		const items = await itemsOf(context, options, pushed, parse);
		const ignored = pushed.length - items.length;
		if (ignored > 0)
			context.logger.debug(
				fromNode(
					`ignored ${formatCount(ignored)} of ${formatCount(items.length + ignored)} receipts, as filters exclude them or they are duplicates`,
				),
			);
		if (items.length === 0) return answer(context, 200, received);
		const workflowData = [items.map(({ item }) => item)];
		// A webhook process runs no executions, so it has no concurrency limit to wait for, and nothing to gain.
		const usual = instanceTypeOf(context) === 'webhook' ? 'stored' : 'immediately';
		if ((options.acknowledge ?? usual) !== 'stored')
			return { ...answer(context, 200, received), workflowData };
		rememberOnceStored(context, items);
		return { webhookResponse: received, workflowData };
	} catch (error) {
		context.logger.warn(fromNode(`rejected a webhook request: ${(error as Error).message}`));
		// Any other error is on this side, and a 503 makes the API deliver again.
		const [status, msg] =
			error instanceof HttpRejection ? [error.status, error.message] : [503, 'Not ready.'];
		return answer(context, status, { code: status, msg });
	}
}

/** The used part of the request. n8n's own type needs the types of Express, which the package does not have. */
interface WebhookRequest {
	ip?: string;
	headers: Readonly<Record<string, string | undefined>>;
	rawBody?: Buffer;
	readRawBody?(): Promise<void>;
}

interface WebhookResponse {
	statusCode: number;
	status(code: number): { json(body: IDataObject): void };
	once(event: 'finish', listener: () => void): unknown;
}

/** Sends the response, and tells n8n not to send one. */
function answer(
	context: IWebhookFunctions,
	status: number,
	body: IDataObject,
): IWebhookResponseData {
	const response = context.getResponseObject() as WebhookResponse;
	response.status(status).json(body);
	return { noWebhookResponse: true };
}

/**
 * Has duplicates dropped here from when n8n answers, which it does once it has stored the execution. Not before: if that
 * fails, the API delivers again.
 */
function rememberOnceStored(context: IWebhookFunctions, items: NewItem[]): void {
	if (context.getMode() === 'manual') return;
	// Events without identity count as the same for minutes only, from when an execution has claimed them.
	const keys = items.filter(({ item }) => !hasNoIdentity(item.json)).map(({ key }) => key);
	const response = context.getResponseObject() as WebhookResponse;
	const seen = seenBy(context);
	response.once('finish', () => {
		if (response.statusCode === 200) seen.remember(keys);
	});
}

/** @throws HttpRejection (401), with a message that does not say what was wrong */
async function authenticate(context: IWebhookFunctions, options: IDataObject): Promise<void> {
	const request = context.getRequestObject() as WebhookRequest;
	// Both are checked before either rejects, so that neither can be probed alone.
	const checks = [
		isAllowed(options.allowedIps, request.ip),
		isAuthentic(
			context.getNodeParameter('authentication', '') as Authentication,
			readUrlSecret(context),
			await context.getCredentials(CREDENTIAL_TYPE),
			request.headers,
		),
	];
	if (!checks.every(Boolean)) throw new HttpRejection(401, 'Not authorized.');
}

/** The objects in the body, read from its bytes. @throws HttpRejection for a body of another type, or too large */
async function readBody(context: IWebhookFunctions): Promise<IDataObject[]> {
	const request = context.getRequestObject() as WebhookRequest;
	checkType(request.headers['content-type']);
	// n8n has not read the body yet if it is of a content type that n8n does not parse.
	if (request.rawBody === undefined) await request.readRawBody?.();
	return parseWebhookBody(request.rawBody ?? JSON.stringify(context.getBodyData() ?? ''));
}

interface NewItem {
	item: INodeExecutionData;
	key: string;
}

/** The items of the events that pass the filter and have not been seen before, with their keys. */
async function itemsOf(
	context: IWebhookFunctions,
	options: IDataObject,
	pushed: IDataObject[],
	parse: WebhookParser['parse'],
): Promise<NewItem[]> {
	const filter = readFilter((name) => context.getNodeParameter(name, ''), options);
	const seen = seenBy(context);
	const drops = dropsDuplicates(options.repeatedReceipts, context);
	const items = await mapInSlices(pushed, (each): NewItem[] =>
		parse([each])
			.filter(({ event }) => matchesFilter(event, filter))
			.map(({ event, raw }) => ({
				item: { json: options.includeRaw === true ? { ...event, raw } : event },
				key: keyOf(event),
			}))
			.filter(({ key }) => !drops || !seen.has(key)),
	);
	return items.flat();
}
