import { readChosenTemplate } from '../../parameters/chosenTemplate';
import type { Read } from '../../parameters/parameters';
import { cleanSender, type ChannelType } from '../../parameters/recipient';
import { UserIssue, plainText } from '../../util/userIssue';
import { NO_CHANNEL, type Account } from './client';

/** The parameters that both sends have: who sends, by which channel. */
export function readSender(
	read: Read,
	account: Account,
): { ChannelType: ChannelType; From: string; CustSpaceId: string } {
	const channelType = read('channelType') as ChannelType;
	const from = cleanSender(read('from', ''), channelType);
	const custSpaceId =
		plainText(read('custSpaceId', ''), 'Channel ID / Space ID') || account.custSpaceId;
	if (custSpaceId === '') {
		throw new UserIssue(NO_CHANNEL.title, NO_CHANNEL.advice);
	}
	return { ChannelType: channelType, From: from, CustSpaceId: custSpaceId };
}

/** The template and its language. */
export function readTemplate(read: Read): { TemplateCode: string; Language: string } {
	const { template, language } = readChosenTemplate(
		read,
		'Pick it from the list, or enter the code that Template Design shows in the console.',
	);
	return { TemplateCode: template, Language: language };
}

/** The choices that a message depends on. The template is looked up by them, so they are read only once. */
export interface Chosen {
	sender: ReturnType<typeof readSender>;
	/** Absent for a message of one's own. */
	template?: ReturnType<typeof readTemplate>;
}

/** @throws UserIssue */
export function readChosen(read: Read, account: Account): Chosen {
	return {
		sender: readSender(read, account),
		...(read('operation') === 'sendTemplate' && { template: readTemplate(read) }),
	};
}
