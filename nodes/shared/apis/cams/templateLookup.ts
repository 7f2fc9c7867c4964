import type { IExecuteFunctions } from 'n8n-workflow';

import { ReadError } from '../../http/cachedRead';
import { UserIssue } from '../../util/userIssue';
import { type Chosen } from './chosen';
import { type Account } from './client';
import { readTemplateDetail, readTemplateLanguages, type TemplateKey } from './lookups';
import type { Template } from './template';

/** A template that a message cannot be made of. */
async function missing(
	context: IExecuteFunctions,
	account: Account,
	key: TemplateKey,
	{ title, advice }: ReadError,
): Promise<UserIssue> {
	const languages = await readTemplateLanguages(context, account, key).catch((): string[] => []);
	if (languages.length === 0 || languages.includes(key.language))
		return new UserIssue(title, advice);
	return new UserIssue(
		`The template does not exist in ${key.language}`,
		`It exists in ${languages.join(' and ')}. Pick it again under Template; codes such as en_US are exact to the letter.`,
	);
}

/**
 * Finds what a chosen template holds, so that what the API would refuse is told before sending.
 * @returns undefined when it cannot be read, which is no reason not to send
 */
export function templateFinder(
	context: IExecuteFunctions,
	account: Account,
): (chosen: Chosen) => Promise<Template | UserIssue | undefined> {
	const known = new Map<string, Promise<Template | UserIssue | undefined>>();
	return async ({ sender, template }) => {
		if (!template) return undefined;
		const key: TemplateKey = {
			code: template.TemplateCode,
			language: template.Language,
			channelType: sender.ChannelType,
			custSpaceId: sender.CustSpaceId,
		};
		const name = JSON.stringify(key);
		const found =
			known.get(name) ??
			readTemplateDetail(context, account, key).catch(async (error) =>
				error instanceof ReadError && /TemplateNotExist/.test(error.code)
					? await missing(context, account, key, error)
					: undefined,
			);
		known.set(name, found);
		return await found;
	};
}
