import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { CamsMassSend } from '../../../../nodes/CamsMassSend/CamsMassSend.node';
import { CamsSend } from '../../../../nodes/CamsSend/CamsSend.node';
import { CamsViberSend } from '../../../../nodes/CamsViberSend/CamsViberSend.node';
import { InnoPaasSubmit } from '../../../../nodes/InnoPaasSubmit/InnoPaasSubmit.node';

const NODE = { typeVersion: 1 } as INode;

const validateOnlyOf = ({ properties }: INodeTypeDescription) =>
	(properties.find(({ name }) => name === 'options')?.options as INodeProperties[]).find(
		({ name }) => name === 'validateOnly',
	) as INodeProperties;

describe.each([
	['CAMS Send', () => new CamsSend().description],
	['CAMS Viber Send', () => new CamsViberSend().description],
	['CAMS Mass Send', () => new CamsMassSend().description],
	['InnoPaaS Submit', () => new InnoPaasSubmit().description],
])('Validate Only of %s', (_node, describeNode) => {
	/** The description with another default; the original is shared by all tests. */
	function withDefault(value: boolean): INodeTypeDescription {
		const description = structuredClone(describeNode());
		validateOnlyOf(description).default = value;
		return description;
	}

	/** The options after the editor opens a workflow, saves it, and n8n loads it to run. */
	function optionsAfterSaving(description: INodeTypeDescription, stored: INodeParameters): unknown {
		const parametersOf = (values: INodeParameters, withDefaults: boolean) =>
			NodeHelpers.getNodeParameters(
				description.properties,
				values,
				withDefaults,
				false,
				NODE,
				description,
			) as INodeParameters;
		const opened = parametersOf({ options: stored }, true);
		const saved = parametersOf(opened, false);
		return parametersOf(saved, true).options;
	}

	it('is on once it is added', () => {
		expect(validateOnlyOf(describeNode()).default).toBe(true);
	});

	it.each(
		[true, false].flatMap((byDefault) =>
			[{}, { validateOnly: true }, { validateOnly: false }].map(
				(stored) => [stored, byDefault] as const,
			),
		),
	)('keeps the stored options %j if the default is %s', (stored, byDefault) => {
		expect(optionsAfterSaving(withDefault(byDefault), stored)).toEqual(stored);
	});
});

describe('Interactive Style of InnoPaaS Submit', () => {
	const { properties } = new InnoPaasSubmit().description;

	it('is added as what holds without it', () => {
		const options = properties.find(({ name }) => name === 'options')?.options as INodeProperties[];
		expect(options.find(({ name }) => name === 'interactiveStyle')?.default).toBe('flat');
	});

	it.each([[{}], [{ interactiveStyle: 'flat' }], [{ interactiveStyle: 'nested' }]])(
		'keeps the stored options %j',
		(stored: INodeParameters) => {
			const shown = { operation: 'sendMessage', messageType: 'interactive' };
			const load = (values: INodeParameters, withDefaults: boolean) =>
				NodeHelpers.getNodeParameters(
					properties,
					values,
					withDefaults,
					false,
					NODE,
					null,
				) as INodeParameters;
			const saved = load(load({ ...shown, options: stored }, true), false);
			expect(load(saved, true).options).toEqual(stored);
		},
	);
});
