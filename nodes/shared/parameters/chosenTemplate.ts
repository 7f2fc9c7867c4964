import { UserIssue } from '../util/userIssue';
import type { Read } from './parameters';
import { plainText } from './text';

export interface ChosenTemplate {
	/** Its code for CAMS, its name for InnoPaaS; can only be empty if `mayBeEmpty` is set. */
	template: string;
	language: string;
}

/**
 * The template and language that the parameters name.
 * @param whereToFind advice for an empty template
 * @throws UserIssue if the template or its language is empty
 */
export function readChosenTemplate(
	read: Read,
	whereToFind: string,
	mayBeEmpty = false,
): ChosenTemplate {
	// A template picked from the list includes its language: "code/language".
	const [template, ownLanguage] = plainText(read('template', ''), 'Template').split('/');
	if (template === '' && !mayBeEmpty) throw new UserIssue('Template is empty', whereToFind);
	const language = ownLanguage || plainText(read('language', ''), 'Language');
	if (language === '') {
		throw new UserIssue(
			'Language is empty',
			'Enter the language of the template as shown in the console, e.g. en_US.',
		);
	}
	return { template, language };
}
