import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { CREDENTIAL_TYPE, type Api } from '../apis/credential';
import { inWords } from '../send/result';
import { isAllowed, isSender, readUrlSecret, type Authentication } from './auth';
import { Refused, checkType, readPush } from './body';
import { Memory, isMomentary, keyOf, memoryOf } from './deduplicate';
import type { ReadReceipt } from './event';
import { isWanted, readWanted } from './filter';

/** How an API pushes. */
export interface Pusher {
	/** Reads the objects of a push. */
	read(pushed: IDataObject[]): ReadReceipt[];
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

/** Everything that a push holds and the workflow wants. @throws Refused, with nothing that tells a stranger why */
async function readWantedItems(
	context: IWebhookFunctions,
	{ read }: Pusher,
): Promise<{ items: INodeExecutionData[]; all: number }> {
	// Read once: n8n takes its time for each.
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const parameter = (name: string) => context.getNodeParameter(name, '');
	const request = context.getRequestObject();
	const credentials = await context.getCredentials(CREDENTIAL_TYPE);
	// Both before either refuses.
	const isKnown = [
		isAllowed(options.allowedIps, request.ip),
		isSender(
			parameter('authentication') as Authentication,
			readUrlSecret(context),
			credentials,
			request.headers,
		),
	].every(Boolean);
	if (!isKnown) throw new Refused(401, 'Not authorized.');
	checkType(request.headers['content-type']);
	const wanted = readWanted(parameter, options);
	const withRaw = options.includeRaw === true;
	const receipts = read(readPush(await bodyOf(context)));
	const memory = memoryOf(context);
	const isOld = dropsRepeated(options.repeatedReceipts, context)
		? (receipt: IDataObject) => memory.has(keyOf(receipt))
		: () => false;
	const items = receipts
		.filter(({ receipt }) => isWanted(receipt, wanted) && !isOld(receipt))
		.map(({ receipt, raw }): INodeExecutionData => ({
			json: withRaw ? { ...receipt, raw } : receipt,
		}));
	return { items, all: receipts.length };
}

/**
 * Takes a push: one execution, with one item for each receipt that the node wants. The acknowledgement leaves here,
 * before the workflow stands in line for its turn; n8n would hold it back until then.
 */
export async function receive(
	context: IWebhookFunctions,
	pushers: Readonly<Record<Api, Pusher>>,
): Promise<IWebhookResponseData> {
	const pusher = pushers[context.getNodeParameter('api') === 'innoPaas' ? 'innoPaas' : 'cams'];
	const response = context.getResponseObject();
	const answer = (status: number, body: IDataObject) => {
		response.status(status).json(body);
		return { noWebhookResponse: true };
	};
	try {
		const { items, all } = await readWantedItems(context, pusher);
		if (items.length < all)
			context.logger.debug(
				`${context.getNode().name}: ${inWords(all - items.length)} of ${inWords(all)} receipts are not wanted, or have come before, and start nothing`,
			);
		if (items.length === 0) return answer(200, pusher.received);
		const afterStoring =
			context.getNodeParameter('options.acknowledge', 'immediately') === 'stored';
		return afterStoring
			? { webhookResponse: pusher.received, workflowData: [items] }
			: { ...answer(200, pusher.received), workflowData: [items] };
	} catch (error) {
		const isRefused = error instanceof Refused;
		context.logger.warn(
			`${context.getNode().name}: a push was refused: ${(error as Error).message}`,
		);
		// What else goes wrong is ours: the API pushes it again.
		return answer(isRefused ? error.status : 503, {
			code: isRefused ? error.status : 503,
			msg: isRefused ? error.message : 'Not ready.',
		});
	}
}

/** Drops what the workflow has had already, and tells late statuses. Runs as the first step of the execution. */
export async function passOnce(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const option = (name: string, usual: string) =>
		String(context.getNodeParameter(`options.${name}`, 0, usual));
	const isRetry = context.getMode() === 'retry';
	// What somebody tries out says nothing about the live receipts; an execution that is run again gets all of its own again.
	const memory = context.getMode() === 'manual' || isRetry ? new Memory() : memoryOf(context);
	const drops = dropsRepeated(option('repeatedReceipts', 'drop'), context);
	const late = option('lateStatuses', 'mark');

	const keys = items.map(({ json }) => keyOf(json));
	const warn = ({ message }: Error) =>
		context.logger.warn(
			`${context.getNode().name}: what came before a restart cannot be told: ${message}`,
		);
	const momentary = new Set(keys.filter((_key, index) => isMomentary(items[index].json)));
	const claim = async () => [
		...(await memory.claim(
			keys.filter((key) => !momentary.has(key)),
			context.helpers,
			warn,
		)),
		...[...momentary].filter((key) => memory.claimRecent(key)),
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
			message: `${inWords(items.length - once.length)} of ${inWords(items.length)} receipts had come before and were left out.`,
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
		return { json: { ...json, isLate: memory.isLate(messageId, status) }, ...rest };
	});
	return [late === 'drop' ? told.filter(({ json }) => json.isLate !== true) : told];
}
