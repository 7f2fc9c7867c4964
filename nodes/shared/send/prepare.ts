import { keyOf } from '../campaign/campaign';
import { DigestMap } from '../campaign/digestMap';
import { checkSameCampaign, hasOneCampaignId } from '../campaign/open';
import { digestOf } from '../campaign/rows';
import type { Parameters } from '../parameters/parameters';
import { rawRecipient } from '../parameters/recipient';
import { UserIssue, toIssue } from '../util/userIssue';
import { checkLength } from './batch';
import { isFromFile } from './fileRecipients';
import type { RecipientSource, UnreadableRecipient } from './recipients';
import { WAITING, settle, type Position, type Recipient } from './recipientState';
import { resultFromIssue } from './result';
import type { BatchSender, MassMessage } from './sender';

/** How recipients are prepared. */
export interface PrepareOptions {
	/** Empty without a campaign. */
	campaignId: string;
	duplicates: 'skip' | 'send';
}

/**
 * Reads what recipients share: the same message for all items when no parameter of it depends on the item, and
 * otherwise one object for each message that differs on the wire.
 */
function createMessageReader(
	parameters: Parameters,
	sender: BatchSender,
): (source: RecipientSource) => MassMessage | Promise<MassMessage> {
	const isFixed = sender.shared.every((name) => parameters.isFixed(name));
	const byKey = new Map<string, MassMessage>();
	let last: { itemIndex: number; message: MassMessage } | undefined;
	const build = async ({ itemIndex, read }: RecipientSource) => {
		const built = await sender.message(read);
		const message = byKey.get(built.key) ?? built;
		byKey.set(message.key, message);
		last = { itemIndex, message };
		return message;
	};
	return (source) =>
		last && (isFixed || last.itemIndex === source.itemIndex) ? last.message : build(source);
}

export function positionOf({ itemIndex, entryIndex, line }: Position): string {
	if (line !== undefined) return `Line ${line}${itemIndex > 0 ? ` of item ${itemIndex}` : ''}`;
	return entryIndex === undefined
		? `Item ${itemIndex}`
		: `Entry ${entryIndex} of item ${itemIndex}`;
}

/** Finds where a recipient came before in the same channel. */
type RepeatFinder = (recipient: Recipient, channelType: unknown) => Position | undefined;

const LINES = 2 ** 32;

/** For lines of files. A million are remembered in 32 MB, by digest: two are taken for one with the odds in rows.ts. */
function createLineRepeatFinder(campaignId: string): RepeatFinder {
	const firsts = new DigestMap<number>();
	return (recipient, channelType) => {
		const { itemIndex, line = 0 } = recipient;
		const digest = digestOf(campaignId, keyOf(recipient, channelType));
		const first = firsts.get(digest);
		if (first !== undefined) return { itemIndex: Math.floor(first / LINES), line: first % LINES };
		firsts.set(digest, itemIndex * LINES + line);
		return undefined;
	};
}

/** For items, which also learn how often they came before. */
function createRepeatFinder(): RepeatFinder {
	// A map for each channel, so that no key is built for each of a million recipients.
	const firstByChannel = new Map<unknown, Map<string, Recipient>>();
	const repeats = new Map<Recipient, number>();
	return (recipient, channelType) => {
		const firsts = firstByChannel.get(channelType) ?? new Map<string, Recipient>();
		firstByChannel.set(channelType, firsts);
		const to = String(recipient.to);
		const first = firsts.get(to);
		if (!first) {
			firsts.set(to, recipient);
			return undefined;
		}
		recipient.repeat = (repeats.get(first) ?? 0) + 1;
		repeats.set(first, recipient.repeat);
		return first;
	};
}

/** A promise only where the message has to be read first: one for each of a million recipients takes seconds. */
export type Preparer = (
	source: RecipientSource | UnreadableRecipient,
) => Recipient | Promise<Recipient>;

/** Builds and checks recipients, one after the other; what keeps one from being sent to settles it. */
export function createPreparer(
	parameters: Parameters,
	sender: BatchSender,
	{ duplicates, campaignId }: PrepareOptions,
): Preparer {
	const messageOf = createMessageReader(parameters, sender);
	const findRepeat = isFromFile(parameters)
		? createLineRepeatFinder(campaignId)
		: createRepeatFinder();
	const isSameForAll = hasOneCampaignId(parameters);
	const refuse = (recipient: Recipient, error: unknown, message?: MassMessage): Recipient => {
		const about = {
			api: sender.api,
			...(message && {
				channelType: message.about.channelType,
				campaignId: campaignId || message.taskId || sender.campaignId,
			}),
		};
		settle(recipient, resultFromIssue(toIssue(error), about));
		return recipient;
	};
	const prepare = (recipient: Recipient, source: RecipientSource, message: MassMessage) => {
		try {
			if (!isSameForAll) checkSameCampaign(parameters, source.read, campaignId);
			const { to, payload, shape } = message.recipient(source.read, source);
			recipient.to = to;
			checkLength(payload);
			const first = findRepeat(recipient, message.about.channelType);
			if (first && duplicates === 'skip') {
				throw new UserIssue(
					'Same recipient as an earlier one',
					`${positionOf(first)} has the same number or ID.${campaignId === '' ? ' Set Duplicate Recipients to Send Every Time to send to both.' : ''}`,
					'duplicate',
				);
			}
			const apart = sender.numbersOnly && recipient.repeat ? `#${recipient.repeat}` : '';
			recipient.state = { name: 'ready', message, payload, shape: `${shape}${apart}` };
			return recipient;
		} catch (error) {
			return refuse(recipient, error, message);
		}
	};
	return (source) => {
		const { itemIndex, entryIndex, line, entry } = source;
		const recipient: Recipient = { itemIndex, entryIndex, line, entry, state: WAITING };
		if ('issue' in source) return refuse(recipient, source.issue);
		recipient.to = rawRecipient(source.read);
		const message = messageOf(source);
		return message instanceof Promise
			? message.then(
					(read) => prepare(recipient, source, read),
					(error) => refuse(recipient, error),
				)
			: prepare(recipient, source, message);
	};
}
