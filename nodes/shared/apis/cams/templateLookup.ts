import type { IExecuteFunctions } from 'n8n-workflow';

import { ReadError } from '../../http/cachedRead';
import { createCache } from '../../util/cache';
import { UserIssue } from '../../util/userIssue';
import { type Chosen } from './chosen';
import { type Account } from './client';
import { readTemplateDetail, readTemplateLanguages, type TemplateKey } from './lookups';
import type { Template } from './template';

/** The issue of a template that does not exist; names the languages in which it does. */
async function missingTemplateIssue(
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
 * Returns a function that looks up the template of a message, so that missing variables are found before sending.
 * @returns a UserIssue when the template does not exist; undefined when it cannot be read, which is no reason not to send
 */
export function templateFinder(
	context: IExecuteFunctions,
	account: Account,
): (chosen: Chosen) => Promise<Template | UserIssue | undefined> {
	const cached = createCache<Template | UserIssue | undefined>();
	return async ({ sender, template }) => {
		if (!template) return undefined;
		const key: TemplateKey = {
			code: template.TemplateCode,
			language: template.Language,
			channelType: sender.ChannelType,
			custSpaceId: sender.CustSpaceId,
		};
		return await cached(
			JSON.stringify(key),
			async () =>
				await readTemplateDetail(context, account, key).catch(async (error) =>
					error instanceof ReadError && /TemplateNotExist/.test(error.code)
						? await missingTemplateIssue(context, account, key, error)
						: undefined,
				),
		);
	};
}
