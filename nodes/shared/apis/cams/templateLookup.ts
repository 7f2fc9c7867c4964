import type { IExecuteFunctions } from 'n8n-workflow';

import { ReadError } from '../../http/cachedRead';
import type { ChannelType } from '../../parameters/recipient';
import { createCache } from '../../util/cache';
import { UserIssue } from '../../util/userIssue';
import { type Chosen } from './chosen';
import { type Account } from './client';
import { readTemplateDetail, searchTemplate, type TemplateKey } from './lookups';
import type { Template } from './template';

/** The issue of a template that does not exist; says so if it exists in other languages, or by this name. */
async function missingTemplateIssue(
	context: IExecuteFunctions,
	key: TemplateKey,
	{ title, advice }: ReadError,
): Promise<UserIssue> {
	const { languages, isName } = await searchTemplate(context, key).catch(() => ({
		languages: [] as string[],
		isName: false,
	}));
	if (isName) {
		return new UserIssue(
			'Template is a name, not a code',
			'Set Template to By Name, or pick it from the list.',
		);
	}
	if (languages.length === 0 || languages.includes(key.template.Language))
		return new UserIssue(title, advice);
	return new UserIssue(
		`The template does not exist in ${key.template.Language}`,
		`It exists in ${languages.join(' and ')}. Pick it again under Template; codes such as en_US are exact to the letter.`,
	);
}

export type TemplateFinder = (chosen: Chosen) => Promise<Template | UserIssue | undefined>;

/** For Validate Only, when the template cannot be read. */
export const TEMPLATE_UNREAD = 'The template could not be read, so its variables were not checked.';

/** Whether other channels than these two share WhatsApp's templates is not documented. */
function isForAnother({ templateType }: Template, channelType: ChannelType): boolean {
	return (
		['viber', 'whatsapp'].includes(channelType) &&
		['VIBER', 'WHATSAPP'].includes(templateType) &&
		templateType.toLowerCase() !== channelType
	);
}

/** Why the API would refuse a template whatever its values are; undefined if it would not. */
function templateIssue(template: Template, channelType: ChannelType): UserIssue | undefined {
	if (isForAnother(template, channelType)) {
		return new UserIssue(
			'The template is for another channel',
			`It is one for ${template.templateType === 'VIBER' ? 'Viber' : 'WhatsApp'}. Pick one of this channel under Template.`,
		);
	}
	if (template.auditStatus !== '' && template.auditStatus !== 'pass') {
		return new UserIssue(
			'The template is not approved yet',
			`Its status is "${template.auditStatus}". Send it once the console shows it as approved.`,
		);
	}
	return undefined;
}

/**
 * Returns a function that looks up the template of a message, once for each run, so that what the API would refuse is
 * found before sending.
 * @returns a UserIssue when the template does not exist or cannot be sent; undefined when it cannot be read, which is
 * no reason not to send
 */
export function templateFinder(context: IExecuteFunctions, account: Account): TemplateFinder {
	const cached = createCache<Template | UserIssue | undefined>();
	return async ({ sender, template }) => {
		if (!template) return undefined;
		const key: TemplateKey = {
			account,
			template,
			channelType: sender.ChannelType,
			custSpaceId: sender.CustSpaceId,
		};
		return await cached(
			JSON.stringify(key),
			async () =>
				await readTemplateDetail(context, key).then(
					(found) => templateIssue(found, sender.ChannelType) ?? found,
					async (error) =>
						error instanceof ReadError && /TemplateNotExist/.test(error.code)
							? await missingTemplateIssue(context, key, error)
							: undefined,
				),
		);
	};
}
