import { startSandbox } from '../../sandbox/server';
import { innoPaasCredential } from '../../scripts/exampleRun';
import { mapperFields, withoutText } from '../support/loadOptions';

test.each([
	['order_update/en_US', 'Hi {{1}}, your order {{2}} is on its way. Sandbox Store'],
	// Its footer is a number of minutes.
	['login_code/id', '*{{1}}* adalah kode verifikasi Anda.'],
	['login_autofill/en', '*{{1}}* is your verification code.'],
])('Template Text of %s is what the recipient reads', async (value, text) => {
	const sandbox = await startSandbox();
	const parameters = {
		operation: 'sendTemplate',
		template: { __rl: true, mode: 'list', value },
		specifyVariables: 'fields',
	};
	const { fields } = await mapperFields(sandbox.url, {
		name: 'innoPaasSubmit',
		parameters,
		credential: innoPaasCredential(sandbox),
	});
	expect(withoutText(fields).shown).toBe(text);
	await sandbox.close();
});
