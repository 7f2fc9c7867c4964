import type { IDataObject } from 'n8n-workflow';

import { readChosenTemplate } from '../../parameters/chosenTemplate';
import type { Read } from '../../parameters/parameters';
import { cleanSender, type ChannelType } from '../../parameters/recipient';
import { plainText } from '../../parameters/text';
import { UserIssue } from '../../util/userIssue';
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

/** A template in one language, named as both sends name it. */
export type TemplateParameters = { Language: string } & (
	{ TemplateCode: string } | { TemplateName: string }
);

/** @param mode of the field Template: everything but `name` is a code */
export function templateParameters(
	mode: unknown,
	template: string,
	language: string,
): TemplateParameters {
	return mode === 'name'
		? { TemplateName: template, Language: language }
		: { TemplateCode: template, Language: language };
}

/** The template and its language. @throws UserIssue if one of them is empty */
export function readTemplate(read: Read): TemplateParameters {
	const { template, language } = readChosenTemplate(
		read,
		'Pick it from the list, or enter the code or name that Template Design shows in the console.',
	);
	return templateParameters(read('template.mode'), template, language);
}

/** A template as the output names it. */
export function templateInOutput(template: TemplateParameters): IDataObject {
	return {
		...('TemplateCode' in template
			? { templateCode: template.TemplateCode }
			: { templateName: template.TemplateName }),
		language: template.Language,
	};
}

/** The choices that a message depends on. The template is looked up by them, so they are read only once. */
export interface Chosen {
	sender: ReturnType<typeof readSender>;
	/** Absent for a message of one's own. */
	template?: TemplateParameters;
}

/** @throws UserIssue */
export function readChosen(read: Read, account: Account): Chosen {
	return {
		sender: readSender(read, account),
		...(read('operation') === 'sendTemplate' && { template: readTemplate(read) }),
	};
}
