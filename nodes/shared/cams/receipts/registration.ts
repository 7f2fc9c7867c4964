import { NodeOperationError, type IAllExecuteFunctions, type IDataObject, type IHookFunctions } from 'n8n-workflow';

import { NotSendable, plainText } from '../../input/notSendable';
import { booleanOption, idList } from '../../input/options';
import { READ_TIMEOUT_MS, Unreadable, ask, rowsIn, text } from '../../lists/reads';
import { NO_CHANNEL, readAccount, type Account } from '../api/account';
import { ALIBABA_CLOUD } from '../api/advice';
import { callCams, camsThrottle, type Parameters } from '../api/transport';

/**
 * Enters the trigger's URL in the console and takes it out again. Operations QueryChatappPhoneNumbers,
 * UpdatePhoneWebhook and UpdateAccountWebhook. Whether fields that are left out keep their value is not documented, so
 * all are sent; the URL of the account cannot be read back.
 */

/** What n8n keeps for the trigger while its workflow is published. */
interface Kept {
	url?: string;
	custSpaceId?: string;
	phoneNumbers?: string[];
	hasAccount?: boolean;
}

/** What is to be registered. */
interface Wish {
	account: Account;
	custSpaceId: string;
	phoneNumbers: string[];
	/** Statuses and messages come by the numbers, template and account events by the account. */
	forNumbers: boolean;
	forAccount: boolean;
	mayReplace: boolean;
	url: string;
}

async function call(context: IHookFunctions, account: Account, operation: string, query: Parameters): Promise<IDataObject> {
	return await ask({
		vendor: ALIBABA_CLOUD,
		throttle: camsThrottle(account, operation),
		call: async () => await callCams(context as unknown as IAllExecuteFunctions, { operation, query, timeoutMs: READ_TIMEOUT_MS }),
		permission: (code) => (/PermissionDeny|Forbidden|NoPermission|NoAuth/.test(code) ? ` Registering needs cams:${operation}.` : ''),
	});
}

/** While somebody only listens for a test event nothing is changed: that would turn the live receipts away. */
function isTest(context: IHookFunctions): boolean {
	return context.getMode() === 'manual' || context.getActivationMode() === 'manual';
}

function isAsked(context: IHookFunctions): boolean {
	return !isTest(context) && context.getNodeParameter('api') !== 'innoPaas' && booleanOption(context.getNodeParameter('registerUrl', false), 'Register URL');
}

async function readWish(context: IHookFunctions): Promise<Wish> {
	const account = await readAccount(context as unknown as IAllExecuteFunctions);
	const custSpaceId = plainText(context.getNodeParameter('custSpaceId', '', { extractValue: true }), 'Channel ID / Space ID') || account.custSpaceId;
	if (custSpaceId === '') throw new NotSendable(NO_CHANNEL.title, NO_CHANNEL.advice);
	const events = idList(context.getNodeParameter('triggerOn', []), 'Trigger On');
	const forNumbers = events.includes('messageStatus') || events.includes('inboundMessage');
	const phoneNumbers = idList(context.getNodeParameter('phoneNumbers', []), 'Phone Numbers');
	if (forNumbers && phoneNumbers.length === 0) throw new NotSendable('Phone Numbers is empty', 'Choose the numbers whose receipts are to come here, or turn Register URL off.');
	return {
		account,
		custSpaceId,
		phoneNumbers: forNumbers ? phoneNumbers : [],
		forNumbers,
		forAccount: events.includes('templateEvent') || events.includes('accountEvent'),
		mayReplace: booleanOption(context.getNodeParameter('options.replaceExistingUrl', false), 'Replace Existing URL'),
		url: context.getNodeWebhookUrl('default') ?? '',
	};
}

/** What is entered for a number now. */
interface Entered {
	phoneNumber: string;
	urls: string[];
	hasQueue: boolean;
}

/** What is entered for those of the numbers that the channel still has. */
async function findEntered(context: IHookFunctions, { account, custSpaceId, phoneNumbers }: Pick<Wish, 'account' | 'custSpaceId' | 'phoneNumbers'>): Promise<Entered[]> {
	if (phoneNumbers.length === 0) return [];
	const { PhoneNumbers } = await call(context, account, 'QueryChatappPhoneNumbers', { CustSpaceId: custSpaceId });
	const rows = new Map(rowsIn(PhoneNumbers).map((row) => [text(row.PhoneNumber), row]));
	return phoneNumbers.flatMap((phoneNumber) => {
		const row = rows.get(phoneNumber);
		return row ? [{ phoneNumber, urls: [text(row.StatusCallbackUrl), text(row.UpCallbackUrl)], hasQueue: text(row.StatusQueue) !== '' || text(row.UpQueue) !== '' }] : [];
	});
}

/** @throws NotSendable where the channel lacks one of the numbers */
async function readEntered(context: IHookFunctions, wish: Wish): Promise<Entered[]> {
	const entered = await findEntered(context, wish);
	const missing = wish.phoneNumbers.find((phoneNumber) => !entered.some((each) => each.phoneNumber === phoneNumber));
	if (missing !== undefined) throw new NotSendable(`The number ${missing} is not one of this channel`, 'Choose it again under Phone Numbers.');
	return entered;
}

async function enter(context: IHookFunctions, { account, custSpaceId }: Pick<Wish, 'account' | 'custSpaceId'>, { phoneNumber, hasQueue }: Entered, url: string): Promise<void> {
	await call(context, account, 'UpdatePhoneWebhook', {
		CustSpaceId: custSpaceId,
		PhoneNumber: phoneNumber,
		HttpFlag: url === '' ? 'N' : 'Y',
		QueueFlag: hasQueue ? 'Y' : 'N',
		StatusCallbackUrl: url,
		UpCallbackUrl: url,
	});
}

async function enterForAccount(context: IHookFunctions, { account, custSpaceId }: Pick<Wish, 'account' | 'custSpaceId'>, url: string): Promise<void> {
	await call(context, account, 'UpdateAccountWebhook', { CustSpaceId: custSpaceId, HttpFlag: url === '' ? 'N' : 'Y', QueueFlag: 'N', StatusCallbackUrl: url });
}

const isOwn = ({ urls }: Entered, url: string) => urls.every((each) => each === url);

/** In the user's words, as n8n shows it. */
function toError(context: IHookFunctions, error: unknown): Error {
	if (!(error instanceof NotSendable || error instanceof Unreadable)) return error as Error;
	return new NodeOperationError(context.getNode(), error.title, { description: error.advice });
}

async function told<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await work().catch(async (error) => await Promise.reject(toError(context, error)));
}

/** Whether all is entered as wished, by this trigger. */
export async function isRegistered(context: IHookFunctions): Promise<boolean> {
	return await told(context, async () => {
		if (!isAsked(context)) return true;
		const wish = await readWish(context);
		const kept = context.getWorkflowStaticData('node') as Kept;
		const entered = await readEntered(context, wish);
		return kept.url === wish.url && entered.every((each) => isOwn(each, wish.url)) && (!wish.forAccount || kept.hasAccount === true);
	});
}

/**
 * Enters the URL where none stands, or its own; somebody else's only with Replace Existing URL. It is read back.
 * @throws NodeOperationError saying which number has another URL, before anything is changed
 */
export async function register(context: IHookFunctions): Promise<boolean> {
	return await told(context, async () => {
		if (!isAsked(context)) return true;
		const wish = await readWish(context);
		const entered = await readEntered(context, wish);
		const foreign = entered.find(({ urls }) => urls.some((url) => url !== '' && url !== wish.url));
		if (foreign && !wish.mayReplace) {
			throw new NotSendable(`Another URL is entered for ${foreign.phoneNumber}`, 'Turn on Replace Existing URL under Options, or clear it in the console.');
		}
		if (wish.forAccount && !wish.mayReplace) {
			throw new NotSendable('Whether a URL is entered for template and account events cannot be read', 'Turn on Replace Existing URL under Options to enter this one, or take these events out of Trigger On and enter the URL in the console.');
		}
		const kept = context.getWorkflowStaticData('node') as Kept;
		Object.assign(kept, { url: wish.url, custSpaceId: wish.custSpaceId, phoneNumbers: wish.phoneNumbers, hasAccount: false });
		for (const each of entered) await enter(context, wish, each, wish.url);
		if (wish.forAccount) {
			await enterForAccount(context, wish, wish.url);
			kept.hasAccount = true;
		}
		const missing = (await readEntered(context, wish)).find((each) => !isOwn(each, wish.url));
		if (missing) throw new NotSendable(`The URL for ${missing.phoneNumber} did not stay`, 'Enter it in the console by hand, and turn Register URL off.');
		return true;
	});
}

/** Takes the URL out again where it is still its own; a workflow can be unpublished even when that does not work. */
export async function unregister(context: IHookFunctions): Promise<boolean> {
	const kept = context.getWorkflowStaticData('node') as Kept;
	const { url, custSpaceId = '', phoneNumbers = [], hasAccount } = kept;
	if (isTest(context) || url === undefined) return true;
	try {
		const account = await readAccount(context as unknown as IAllExecuteFunctions);
		const where = { account, custSpaceId, phoneNumbers };
		for (const each of await findEntered(context, where)) if (isOwn(each, url)) await enter(context, where, each, '');
		if (hasAccount) await enterForAccount(context, where, '');
		delete kept.url;
	} catch (error) {
		context.logger.warn(`${context.getNode().name}: the URL is still entered in the console: ${(error as Error).message}`);
	}
	return true;
}
