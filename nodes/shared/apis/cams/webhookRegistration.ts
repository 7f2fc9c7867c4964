import type { IAllExecuteFunctions, IDataObject, IHookFunctions } from 'n8n-workflow';

import { fetchBody } from '../../http/cachedRead';
import { rowsIn } from '../../http/pages';
import { booleanOption, idList } from '../../parameters/options';
import { plainText } from '../../parameters/text';
import { textOrEmpty } from '../../util/json';
import { UserIssue } from '../../util/userIssue';
import { notPublished } from '../../webhook/auth';
import { hidingSecrets, type Hide } from '../maskSecrets';
import { NO_CHANNEL, readAccount, type Account, type WireParameters } from './client';
import { readRequest, withOnlyChannel } from './lookups';

/**
 * Registers the trigger's URL with CAMS, and removes it. Operations QueryChatappPhoneNumbers, UpdatePhoneWebhook and
 * UpdateAccountWebhook. It is not documented whether a field that is left out keeps its value, so an update of a number
 * sends all fields. The URL of the account cannot be read.
 */

/** A trigger remembers this many of its own URLs. */
const MAX_URLS = 10;

/** The trigger's entry in n8n's static data, while any URL of it may be registered. */
interface StaticData {
	/** The trigger's own URLs, the latest last. A new secret or host name makes a new URL. */
	urls?: string[];
	custSpaceId?: string;
	phoneNumbers?: string[];
	hasAccount?: boolean;
}

interface Numbers {
	account: Account;
	custSpaceId: string;
	phoneNumbers: string[];
}

/** The registration that the node's parameters ask for. */
interface DesiredRegistration extends Numbers {
	/** The URLs of each number to set. */
	kinds: Kind[];
	forAccount: boolean;
	mayReplace: boolean;
	url: string;
}

/** A number has two URLs, one for statuses and one for inbound messages. */
type Kind = 'status' | 'inbound';

/** What the API may not quote of a URL that is sent to it: it ends with a secret, and may have a password. */
function secretsInUrl(text: string): string[] {
	if (!URL.canParse(text)) return [];
	const { pathname, password } = new URL(text);
	return [pathname.slice(pathname.lastIndexOf('/') + 1), decodeURIComponent(password)];
}

async function call(
	context: IHookFunctions,
	account: Account,
	operation: string,
	query: WireParameters,
): Promise<IDataObject> {
	const helpers = context as unknown as IAllExecuteFunctions;
	const hideUrls = hidingSecrets({}, ...Object.values(query).flatMap(secretsInUrl));
	const hide: Hide = (text) => hideUrls(account.hide(text));
	return await fetchBody(
		readRequest(helpers, { ...account, hide }, operation, query, 'Registering'),
	);
}

/** Nothing is registered while n8n listens for a test event, as that would divert live receipts. */
function isTest(context: IHookFunctions): boolean {
	return context.getMode() === 'manual' || context.getActivationMode() === 'manual';
}

function registersUrl(context: IHookFunctions): boolean {
	return (
		!isTest(context) &&
		context.getNodeParameter('api') !== 'innoPaas' &&
		booleanOption(context.getNodeParameter('registerUrl', false), 'Register URL')
	);
}

async function readDesired(context: IHookFunctions): Promise<DesiredRegistration> {
	const helpers = context as unknown as IAllExecuteFunctions;
	const account = await readAccount(helpers);
	const custSpaceId =
		plainText(
			context.getNodeParameter('custSpaceId', '', { extractValue: true }),
			'Channel ID / Space ID',
		) || (await withOnlyChannel(helpers, account, 'whatsapp')).custSpaceId;
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
			'Choose the numbers whose receipts this URL is to get, or turn Register URL off.',
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

interface CurrentRegistration {
	phoneNumber: string;
	urls: Record<Kind, string>;
	hasQueue: boolean;
}

/** The registrations of those numbers that belong to the channel. */
async function findCurrent(
	context: IHookFunctions,
	{ account, custSpaceId, phoneNumbers }: Numbers,
): Promise<CurrentRegistration[]> {
	if (phoneNumbers.length === 0) return [];
	const { PhoneNumbers } = await call(context, account, 'QueryChatappPhoneNumbers', {
		CustSpaceId: custSpaceId,
	});
	const rows = new Map(rowsIn(PhoneNumbers).map((row) => [textOrEmpty(row.PhoneNumber), row]));
	return phoneNumbers.flatMap((phoneNumber) => {
		const row = rows.get(phoneNumber);
		if (!row) return [];
		const status = textOrEmpty(row.StatusCallbackUrl);
		const inbound = textOrEmpty(row.UpCallbackUrl);
		const hasQueue = textOrEmpty(row.StatusQueue) !== '' || textOrEmpty(row.UpQueue) !== '';
		return [{ phoneNumber, urls: { status, inbound }, hasQueue }];
	});
}

/** The registrations of all desired numbers. @throws UserIssue if a number does not belong to the channel */
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
			`The number ${missing} does not belong to this channel`,
			'Choose it again under Phone Numbers.',
		);
	return current;
}

async function update(
	context: IHookFunctions,
	{ account, custSpaceId }: Numbers,
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

/** An error that n8n can show when it cannot publish the workflow. */
function toError(context: IHookFunctions, error: unknown): Error {
	return error instanceof UserIssue ? notPublished(context, error) : (error as Error);
}

async function withNodeErrors<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await work().catch((error) => {
		throw toError(context, error);
	});
}

/** Whether every URL is registered as desired, and by this trigger. */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	return await withNodeErrors(context, async () => {
		if (!registersUrl(context)) return true;
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

/**
 * Sets the URL for every number and reads it back, so that a change the API did not keep is found. The account comes
 * last, as it cannot be restored.
 */
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
	if (!desired.forAccount) return;
	// The account's URL, and whether it has a queue, cannot be read back, so the queue's fields are left out.
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

/** Registers all numbers or none. */
async function registerAll(
	context: IHookFunctions,
	desired: DesiredRegistration,
	current: CurrentRegistration[],
): Promise<void> {
	const changed: CurrentRegistration[] = [];
	await updateAll(context, desired, current, changed).catch(async (error) => {
		await restore(context, desired, changed);
		throw error;
	});
}

/**
 * Registers the URL where no URL is registered, or an earlier one of this trigger. It overwrites any other URL only with
 * Replace Existing URL.
 * @throws NodeOperationError naming a number with another URL, before anything is changed
 */
export async function register(context: IHookFunctions): Promise<boolean> {
	return await withNodeErrors(context, async () => {
		if (!registersUrl(context)) return true;
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

/**
 * Removes the trigger's URLs where they are still registered. Failures are only logged, as they must not keep the
 * workflow from being unpublished.
 */
export async function unregister(context: IHookFunctions): Promise<boolean> {
	const staticData = context.getWorkflowStaticData('node') as StaticData;
	const { urls: own = [], custSpaceId = '', phoneNumbers = [], hasAccount } = staticData;
	if (isTest(context) || own.length === 0) return true;
	const warn = (message: string) => context.logger.warn(`${context.getNode().name}: ${message}`);
	const left: string[] = [];
	try {
		const channel = {
			account: await readAccount(context as unknown as IAllExecuteFunctions),
			custSpaceId,
			phoneNumbers,
		};
		for (const each of await findCurrent(context, channel)) {
			const urls = {
				status: own.includes(each.urls.status) ? '' : each.urls.status,
				inbound: own.includes(each.urls.inbound) ? '' : each.urls.inbound,
			};
			if (urls.status === each.urls.status && urls.inbound === each.urls.inbound) continue;
			await update(context, channel, { ...each, urls }).catch(() => left.push(each.phoneNumber));
		}
	} catch (error) {
		warn(`the URL is still registered in the console: ${(error as Error).message}`);
		return true;
	}
	if (left.length > 0) warn(`the URL is still registered in the console for ${left.join(', ')}`);
	// It cannot be read, and so cannot be removed safely.
	if (hasAccount)
		warn('the URL for template and account events is still registered in the console');
	staticData.phoneNumbers = left;
	if (left.length === 0) delete staticData.urls;
	return true;
}
