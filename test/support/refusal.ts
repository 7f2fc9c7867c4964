import { UserIssue } from '../../nodes/shared/util/userIssue';

/** Runs a check that has to refuse its value. @returns the issue that it throws */
export function refusal(act: () => unknown): UserIssue {
	try {
		act();
	} catch (error) {
		expect(error).toBeInstanceOf(UserIssue);
		return error as UserIssue;
	}
	throw new Error('Nothing was refused');
}
