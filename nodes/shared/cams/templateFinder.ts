import type { IExecuteFunctions } from 'n8n-workflow';

import { NotSendable } from '../input/notSendable';
import type { Read } from '../input/parameters';
import type { Account } from './account';
import { readSender, readTemplate } from './message';
import { Unreadable, readTemplateDetail, readTemplateLanguages, type TemplateKey } from './reads';
import type { Template } from './template';

/** A template that a message cannot be made of. */
async function missing(context: IExecuteFunctions, account: Account, key: TemplateKey, { title, advice }: Unreadable): Promise<NotSendable> {
	const languages = await readTemplateLanguages(context, account, key).catch((): string[] => []);
	if (languages.length === 0 || languages.includes(key.language)) return new NotSendable(title, advice);
	return new NotSendable(
		`The template does not exist in ${key.language}`,
		`It exists in ${languages.join(' and ')}. Pick it again under Template; codes such as en_US are exact to the letter.`,
	);
}

/**
 * Finds what the template of an item holds, so that what the API would refuse is told before sending.
 * @returns undefined when it cannot be read, which is no reason not to send
 */
export function templateFinder(context: IExecuteFunctions, account: Account): (read: Read) => Promise<Template | NotSendable | undefined> {
	const known = new Map<string, Promise<Template | NotSendable | undefined>>();
	const keyOf = (read: Read): TemplateKey | undefined => {
		try {
			const { TemplateCode: code, Language: language } = readTemplate(read);
			const { ChannelType: channelType, CustSpaceId: custSpaceId } = readSender(read, account);
			return { code, language, channelType, custSpaceId };
		} catch {
			// Building the message says what is wrong.
			return undefined;
		}
	};
	return async (read) => {
		const key = read('operation') === 'sendTemplate' ? keyOf(read) : undefined;
		if (!key) return undefined;
		const name = JSON.stringify(key);
		const found =
			known.get(name) ??
			readTemplateDetail(context, account, key).catch(async (error) =>
				error instanceof Unreadable && /TemplateNotExist/.test(error.code) ? await missing(context, account, key, error) : undefined,
			);
		known.set(name, found);
		return await found;
	};
}
