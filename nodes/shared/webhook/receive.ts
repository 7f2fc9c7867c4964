import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import type { Api } from '../../../credentials/apis';
import { CREDENTIAL_TYPE } from '../apis/credential';
import { formatCount } from '../util/format';
import { isAllowed, isAuthentic, readUrlSecret, type Authentication } from './auth';
import { HttpRejection, checkType, parseWebhookBody } from './body';
import { SeenEvents, hasNoIdentity, keyOf, seenBy } from './deduplicate';
import type { ParsedEvent } from './event';
import { matchesFilter, readFilter } from './filter';

/** How an API pushes. */
export interface WebhookParser {
	/** Reads the objects of a push. */
	read(pushed: IDataObject[]): ParsedEvent[];
	/** What it takes for "received". */
	received: IDataObject;
}

/** The bytes as they came. n8n has read them; it does so later where the content type is not one it parses. */
async function bodyOf(context: IWebhookFunctions): Promise<Buffer | string> {
	const request = context.getRequestObject() as ReturnType<
		IWebhookFunctions['getRequestObject']
	> & { rawBody?: Buffer; readRawBody?(): Promise<void> };
	if (request.rawBody === undefined) await request.readRawBody?.();
	return request.rawBody ?? JSON.stringify(context.getBodyData() ?? '');
}

/** Who tries out a push wants to see it each time. */
function dropsRepeated(option: unknown, context: Pick<IExecuteFunctions, 'getMode'>): boolean {
	return option !== 'keep' && context.getMode() !== 'manual';
}

/** Everything that a push holds and the workflow wants. @throws HttpRejection, with nothing that tells a stranger why */
async function readMatchingItems(
	context: IWebhookFunctions,
	{ read }: WebhookParser,
): Promise<{ items: INodeExecutionData[]; all: number }> {
	// Read once: n8n takes its time for each.
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const parameter = (name: string) => context.getNodeParameter(name, '');
	const request = context.getRequestObject();
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	// Both before either refuses.
	const isKnown = [
		isAllowed(options.allowedIps, request.ip),
		isAuthentic(
			parameter('authentication') as Authentication,
			readUrlSecret(context),
			credentials,
			request.headers,
		),
	].every(Boolean);
	if (!isKnown) throw new HttpRejection(401, 'Not authorized.');
	checkType(request.headers['content-type']);
	const wanted = readFilter(parameter, options);
	const withRaw = options.includeRaw === true;
	const receipts = read(parseWebhookBody(await bodyOf(context)));
	const seen = seenBy(context);
	const isOld = dropsRepeated(options.repeatedReceipts, context)
		? (event: IDataObject) => seen.has(keyOf(event))
		: () => false;
	const items = receipts
		.filter(({ event }) => matchesFilter(event, wanted) && !isOld(event))
		.map(({ event, raw }): INodeExecutionData => ({
			json: withRaw ? { ...event, raw } : event,
		}));
	return { items, all: receipts.length };
}

/**
 * Takes a push: one execution, with one item for each receipt that the node wants. The acknowledgement leaves here,
 * before the workflow stands in line for its turn; n8n would hold it back until then.
 */
export async function receive(
	context: IWebhookFunctions,
	parsers: Readonly<Record<Api, WebhookParser>>,
): Promise<IWebhookResponseData> {
	const parser = parsers[context.getNodeParameter('api') === 'innoPaas' ? 'innoPaas' : 'cams'];
	const response = context.getResponseObject();
	const answer = (status: number, body: IDataObject) => {
		response.status(status).json(body);
		return { noWebhookResponse: true };
	};
	try {
		const { items, all } = await readMatchingItems(context, parser);
		if (items.length < all)
			context.logger.debug(
				`${context.getNode().name}: ${formatCount(all - items.length)} of ${formatCount(all)} receipts are not wanted, or have come before, and start nothing`,
			);
		if (items.length === 0) return answer(200, parser.received);
		const afterStoring =
			context.getNodeParameter('options.acknowledge', 'immediately') === 'stored';
		return afterStoring
			? { webhookResponse: parser.received, workflowData: [items] }
			: { ...answer(200, parser.received), workflowData: [items] };
	} catch (error) {
		const isRejection = error instanceof HttpRejection;
		context.logger.warn(
			`${context.getNode().name}: a push was refused: ${(error as Error).message}`,
		);
		// What else goes wrong is ours: the API pushes it again.
		return answer(isRejection ? error.status : 503, {
			code: isRejection ? error.status : 503,
			msg: isRejection ? error.message : 'Not ready.',
		});
	}
}

/** Drops what the workflow has had already, and tells late statuses. Runs as the first step of the execution. */
export async function dropDuplicates(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const option = (name: string, usual: string) =>
		String(context.getNodeParameter(`options.${name}`, 0, usual));
	const isRetry = context.getMode() === 'retry';
	// What somebody tries out says nothing about the live receipts; an execution that is run again gets all of its own again.
	const seen = context.getMode() === 'manual' || isRetry ? new SeenEvents() : seenBy(context);
	const drops = dropsRepeated(option('repeatedReceipts', 'drop'), context);
	const late = option('lateStatuses', 'mark');

	const keys = items.map(({ json }) => keyOf(json));
	const warn = ({ message }: Error) =>
		context.logger.warn(
			`${context.getNode().name}: what came before a restart cannot be told: ${message}`,
		);
	const momentary = new Set(keys.filter((_key, index) => hasNoIdentity(items[index].json)));
	const claim = async () => [
		...(await seen.claim(
			keys.filter((key) => !momentary.has(key)),
			context.helpers,
			warn,
		)),
		...[...momentary].filter((key) => seen.claimRecent(key)),
	];
	const fresh = drops ? new Set(isRetry ? keys : await claim()) : undefined;
	const passed = new Set<string>();
	const once = items.filter((_item, index) => {
		if (!fresh) return true;
		const isFirst = fresh.has(keys[index]) && !passed.has(keys[index]);
		passed.add(keys[index]);
		return isFirst;
	});
	if (once.length < items.length) {
		context.addExecutionHints({
			message: `${formatCount(items.length - once.length)} of ${formatCount(items.length)} receipts had come before and were left out.`,
			location: 'outputPane',
		});
	}
	const told = once.map(({ json, ...rest }): INodeExecutionData => {
		const { event, messageId, status } = json;
		if (
			late === 'keep' ||
			event !== 'messageStatus' ||
			typeof messageId !== 'string' ||
			typeof status !== 'string'
		)
			return { json, ...rest };
		return { json: { ...json, isLate: seen.isLate(messageId, status) }, ...rest };
	});
	return [late === 'drop' ? told.filter(({ json }) => json.isLate !== true) : told];
}
