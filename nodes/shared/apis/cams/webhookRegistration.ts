import type { IAllExecuteFunctions, IDataObject, IHookFunctions } from 'n8n-workflow';

import { READ_TIMEOUT_MS, fetchBody } from '../../http/cachedRead';
import { rowsIn } from '../../http/pages';
import { booleanOption, idList } from '../../parameters/options';
import { textOrEmpty } from '../../util/json';
import { UserIssue, plainText } from '../../util/userIssue';
import { notPublished } from '../../webhook/auth';
import {
	callCams,
	camsRateLimiter,
	type Parameters,
	NO_CHANNEL,
	readAccount,
	type Account,
} from './client';
import { CAMS_ERRORS, permissionHint } from './errors';

/**
 * Enters the trigger's URL in the console and takes it out again. Operations QueryChatappPhoneNumbers,
 * UpdatePhoneWebhook and UpdateAccountWebhook. Whether fields that are left out keep their value is not documented, so
 * all are sent; the URL of the account cannot be read back.
 */

/** Own URLs that are remembered. */
const MAX_URLS = 10;

/** What n8n keeps for the trigger while something of it may be entered. */
interface StaticData {
	/** Its URLs: a new secret or address makes a new one. */
	urls?: string[];
	custSpaceId?: string;
	phoneNumbers?: string[];
	hasAccount?: boolean;
}

/** What is to be registered. */
interface DesiredRegistration {
	account: Account;
	custSpaceId: string;
	phoneNumbers: string[];
	/** Which of the URLs of a number. */
	kinds: Kind[];
	forAccount: boolean;
	mayReplace: boolean;
	url: string;
}

/** The two URLs of a number, for statuses and for messages. */
type Kind = 'status' | 'inbound';

async function call(
	context: IHookFunctions,
	account: Account,
	operation: string,
	query: Parameters,
): Promise<IDataObject> {
	return await fetchBody({
		errors: CAMS_ERRORS,
		rateLimiter: camsRateLimiter(account, operation),
		call: async () =>
			await callCams(context as unknown as IAllExecuteFunctions, {
				operation,
				query,
				timeoutMs: READ_TIMEOUT_MS,
			}),
		permission: (code) => permissionHint(code, 'Registering', operation),
	});
}

/** While somebody only listens for a test event nothing is changed: that would turn the live receipts away. */
function isTest(context: IHookFunctions): boolean {
	return context.getMode() === 'manual' || context.getActivationMode() === 'manual';
}

function isWanted(context: IHookFunctions): boolean {
	return (
		!isTest(context) &&
		context.getNodeParameter('api') !== 'innoPaas' &&
		booleanOption(context.getNodeParameter('registerUrl', false), 'Register URL')
	);
}

async function readDesired(context: IHookFunctions): Promise<DesiredRegistration> {
	const account = await readAccount(context as unknown as IAllExecuteFunctions);
	const custSpaceId =
		plainText(
			context.getNodeParameter('custSpaceId', '', { extractValue: true }),
			'Channel ID / Space ID',
		) || account.custSpaceId;
	if (custSpaceId === '') throw new UserIssue(NO_CHANNEL.title, NO_CHANNEL.advice);
	const events = idList(context.getNodeParameter('triggerOn', []), 'Trigger On');
	const kinds = [
		...(events.includes('messageStatus') ? (['status'] as const) : []),
		...(events.includes('inboundMessage') ? (['inbound'] as const) : []),
	];
	const phoneNumbers = idList(context.getNodeParameter('phoneNumbers', []), 'Phone Numbers');
	if (kinds.length > 0 && phoneNumbers.length === 0)
		throw new UserIssue(
			'Phone Numbers is empty',
			'Choose the numbers whose receipts are to come here, or turn Register URL off.',
		);
	return {
		account,
		custSpaceId,
		phoneNumbers: kinds.length > 0 ? phoneNumbers : [],
		kinds,
		forAccount: booleanOption(
			context.getNodeParameter('registerAccountUrl', false),
			'Register Account URL',
		),
		mayReplace: booleanOption(
			context.getNodeParameter('options.replaceExistingUrl', false),
			'Replace Existing URL',
		),
		url: context.getNodeWebhookUrl('default') ?? '',
	};
}

/** What is entered for a number now. */
interface CurrentRegistration {
	phoneNumber: string;
	urls: Record<Kind, string>;
	hasQueue: boolean;
}

/** What is entered for those of the numbers that the channel still has. */
async function findCurrent(
	context: IHookFunctions,
	{
		account,
		custSpaceId,
		phoneNumbers,
	}: Pick<DesiredRegistration, 'account' | 'custSpaceId' | 'phoneNumbers'>,
): Promise<CurrentRegistration[]> {
	if (phoneNumbers.length === 0) return [];
	const { PhoneNumbers } = await call(context, account, 'QueryChatappPhoneNumbers', {
		CustSpaceId: custSpaceId,
	});
	const rows = new Map(rowsIn(PhoneNumbers).map((row) => [textOrEmpty(row.PhoneNumber), row]));
	return phoneNumbers.flatMap((phoneNumber) => {
		const row = rows.get(phoneNumber);
		return row
			? [
					{
						phoneNumber,
						urls: {
							status: textOrEmpty(row.StatusCallbackUrl),
							inbound: textOrEmpty(row.UpCallbackUrl),
						},
						hasQueue: textOrEmpty(row.StatusQueue) !== '' || textOrEmpty(row.UpQueue) !== '',
					},
				]
			: [];
	});
}

/** @throws UserIssue where the channel lacks one of the numbers */
async function readCurrent(
	context: IHookFunctions,
	desired: DesiredRegistration,
): Promise<CurrentRegistration[]> {
	const current = await findCurrent(context, desired);
	const missing = desired.phoneNumbers.find(
		(phoneNumber) => !current.some((each) => each.phoneNumber === phoneNumber),
	);
	if (missing !== undefined)
		throw new UserIssue(
			`The number ${missing} is not one of this channel`,
			'Choose it again under Phone Numbers.',
		);
	return current;
}

async function update(
	context: IHookFunctions,
	{ account, custSpaceId }: Pick<DesiredRegistration, 'account' | 'custSpaceId'>,
	{ phoneNumber, urls, hasQueue }: CurrentRegistration,
): Promise<void> {
	await call(context, account, 'UpdatePhoneWebhook', {
		CustSpaceId: custSpaceId,
		PhoneNumber: phoneNumber,
		HttpFlag: urls.status === '' && urls.inbound === '' ? 'N' : 'Y',
		QueueFlag: hasQueue ? 'Y' : 'N',
		StatusCallbackUrl: urls.status,
		UpCallbackUrl: urls.inbound,
	});
}

/** The same with the trigger's URL, for what is wished. */
function withUrl(
	current: CurrentRegistration,
	{ kinds, url }: DesiredRegistration,
): CurrentRegistration {
	return {
		...current,
		urls: { ...current.urls, ...Object.fromEntries(kinds.map((kind) => [kind, url])) },
	};
}

const isCurrent = ({ urls }: CurrentRegistration, { kinds, url }: DesiredRegistration) =>
	kinds.every((kind) => urls[kind] === url);

/** In the user's words, as n8n shows it. */
function toError(context: IHookFunctions, error: unknown): Error {
	return error instanceof UserIssue ? notPublished(context, error) : (error as Error);
}

async function withNodeErrors<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await work().catch((error) => {
		throw toError(context, error);
	});
}

/** Whether all is entered as wished, by this trigger. */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	return await withNodeErrors(context, async () => {
		if (!isWanted(context)) return true;
		const desired = await readDesired(context);
		const staticData = context.getWorkflowStaticData('node') as StaticData;
		const current = await readCurrent(context, desired);
		return (
			staticData.urls?.includes(desired.url) === true &&
			current.every((each) => isCurrent(each, desired)) &&
			(!desired.forAccount || staticData.hasAccount === true)
		);
	});
}

/** Sets the URL for every number and reads it back, so that a change the API did not keep is found. */
async function updateAll(
	context: IHookFunctions,
	desired: DesiredRegistration,
	current: CurrentRegistration[],
	changed: CurrentRegistration[],
): Promise<void> {
	for (const each of current) {
		changed.push(each);
		await update(context, desired, withUrl(each, desired));
	}
	const missing = (await readCurrent(context, desired)).find((each) => !isCurrent(each, desired));
	if (missing)
		throw new UserIssue(
			`The URL for ${missing.phoneNumber} was not kept`,
			'Enter it in the console by hand, and turn Register URL off.',
		);
}

/** The account's URL, and whether it has a queue, cannot be read back; the queue's fields are left out of the call. */
async function updateAccount(context: IHookFunctions, desired: DesiredRegistration): Promise<void> {
	await call(context, desired.account, 'UpdateAccountWebhook', {
		CustSpaceId: desired.custSpaceId,
		HttpFlag: 'Y',
		StatusCallbackUrl: desired.url,
	});
}

/** Restores the numbers that were changed. A failure is logged, as the error that led here is the one to report. */
async function restore(
	context: IHookFunctions,
	desired: DesiredRegistration,
	changed: CurrentRegistration[],
): Promise<void> {
	for (const each of changed) {
		await update(context, desired, each).catch((error: Error) =>
			context.logger.warn(
				`${context.getNode().name}: the previous URLs of ${each.phoneNumber} could not be restored: ${error.message}`,
			),
		);
	}
}

/** Registers all numbers or none. The account comes last, as it cannot be restored. */
async function registerAll(
	context: IHookFunctions,
	desired: DesiredRegistration,
	current: CurrentRegistration[],
): Promise<void> {
	const changed: CurrentRegistration[] = [];
	await updateAll(context, desired, current, changed)
		.then(async () => {
			if (desired.forAccount) await updateAccount(context, desired);
		})
		.catch(async (error) => {
			await restore(context, desired, changed);
			throw error;
		});
}

/**
 * Enters the URL where none stands, or one of its own; somebody else's only with Replace Existing URL. It is read back.
 * @throws NodeOperationError saying which number has another URL, before anything is changed
 */
export async function register(context: IHookFunctions): Promise<boolean> {
	return await withNodeErrors(context, async () => {
		if (!isWanted(context)) return true;
		const desired = await readDesired(context);
		const staticData = context.getWorkflowStaticData('node') as StaticData;
		const own = ['', desired.url, ...(staticData.urls ?? [])];
		const current = await readCurrent(context, desired);
		const foreign = current.find(({ urls }) =>
			desired.kinds.some((kind) => !own.includes(urls[kind])),
		);
		if (foreign && !desired.mayReplace) {
			throw new UserIssue(
				`Another URL is registered for +${foreign.phoneNumber}`,
				'Turn on Replace Existing URL under Options, or clear it in the console.',
			);
		}
		await registerAll(context, desired, current);
		Object.assign(staticData, {
			urls: [...new Set([...(staticData.urls ?? []), desired.url])].slice(-MAX_URLS),
			custSpaceId: desired.custSpaceId,
			phoneNumbers: [...new Set([...(staticData.phoneNumbers ?? []), ...desired.phoneNumbers])],
			hasAccount: desired.forAccount,
		});
		return true;
	});
}

/** Takes its URLs out again where they are still its own; a workflow can be unpublished even when that does not work. */
export async function unregister(context: IHookFunctions): Promise<boolean> {
	const staticData = context.getWorkflowStaticData('node') as StaticData;
	const { urls: own = [], custSpaceId = '', phoneNumbers = [], hasAccount } = staticData;
	if (isTest(context) || own.length === 0) return true;
	const warn = (what: string) => context.logger.warn(`${context.getNode().name}: ${what}`);
	const left: string[] = [];
	try {
		const where = {
			account: await readAccount(context as unknown as IAllExecuteFunctions),
			custSpaceId,
			phoneNumbers,
		};
		for (const each of await findCurrent(context, where)) {
			const urls = {
				status: own.includes(each.urls.status) ? '' : each.urls.status,
				inbound: own.includes(each.urls.inbound) ? '' : each.urls.inbound,
			};
			if (urls.status === each.urls.status && urls.inbound === each.urls.inbound) continue;
			await update(context, where, { ...each, urls }).catch(() => left.push(each.phoneNumber));
		}
	} catch (error) {
		warn(`the URL is still registered in the console: ${(error as Error).message}`);
		return true;
	}
	if (left.length > 0) warn(`the URL is still registered in the console for ${left.join(', ')}`);
	// Whose URL stands there now cannot be read.
	if (hasAccount)
		warn('the URL for template and account events is still registered in the console');
	staticData.phoneNumbers = left;
	if (left.length === 0) delete staticData.urls;
	return true;
}
