import { UserIssue, plainText } from '../util/userIssue';
import type { Read } from './parameters';

/** The template that is chosen, and its language. */
export interface ChosenTemplate {
	/** Its code or name, whichever the vendor knows it by; empty only where it may be. */
	template: string;
	language: string;
}

/**
 * @param whereToFind what to do about an empty one
 * @throws UserIssue when it, or its language, is empty
 */
export function readChosenTemplate(
	read: Read,
	whereToFind: string,
	mayBeEmpty = false,
): ChosenTemplate {
	// A template picked from a list carries its language: "code/language".
	const [template, ownLanguage] = plainText(read('template', ''), 'Template').split('/');
	if (template === '' && !mayBeEmpty) throw new UserIssue('Template is empty', whereToFind);
	const language = ownLanguage || plainText(read('language', ''), 'Language');
	if (language === '') {
		throw new UserIssue(
			'Language is empty',
			'Enter the language of the template as the console shows it, e.g. en_US.',
		);
	}
	return { template, language };
}
