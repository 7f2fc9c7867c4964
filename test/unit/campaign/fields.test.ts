import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { CamsMassSend } from '../../../nodes/CamsMassSend/CamsMassSend.node';
import { InnoPaasSubmit } from '../../../nodes/InnoPaasSubmit/InnoPaasSubmit.node';

const CAMS = new CamsMassSend().description;
const INNOPAAS = new InnoPaasSubmit().description;
const NODE = { typeVersion: 1.1 } as INode;

/** What the panel shows, as n8n decides it. */
function shown(description: INodeTypeDescription, chosen: INodeParameters): INodeProperties[] {
	const { properties } = description;
	const parameters =
		NodeHelpers.getNodeParameters(properties, chosen, true, false, NODE, description) ?? {};
	return properties.filter(
		(property) =>
			property.type !== 'hidden' &&
			NodeHelpers.displayParameter(parameters, property, NODE, description),
	);
}

const namesOf = (description: INodeTypeDescription, chosen: INodeParameters) =>
	shown(description, chosen).map(({ name }) => name);
const optionsOf = (description: INodeTypeDescription, chosen: INodeParameters) =>
	(shown(description, chosen).find(({ name }) => name === 'options')!.options as INodeProperties[])
		.map(({ name }) => name)
		.sort();

/** The options that a file has in addition. */
const FILE = ['fileDelimiter', 'fileEncoding', 'fileFormat'];

describe.each([
	['CAMS Mass Send', CAMS, ['channelType', 'recipientSource', 'to']],
	['InnoPaaS Submit', INNOPAAS, ['recipientSource', 'to']],
] as const)('%s', (_name, description, recipients) => {
	it('asks for little to tell how far a campaign is, and for the recipients only if they are wanted', () => {
		expect(namesOf(description, { operation: 'getCampaign' })).toEqual([
			'operation',
			'campaignId',
			'campaignReturn',
			'options',
		]);
		expect(
			namesOf(description, { operation: 'getCampaign', campaignReturn: 'recipients' }),
		).toEqual(['operation', 'campaignId', 'campaignReturn', ...recipients, 'options']);
		expect(optionsOf(description, { operation: 'getCampaign' })).toEqual([
			'campaignTable',
			'defaultCountry',
			...FILE,
		]);
	});

	it('asks for ID and state to pause, resume and stop', () => {
		expect(namesOf(description, { operation: 'setCampaignState' })).toEqual([
			'operation',
			'campaignId',
			'campaignState',
			'options',
		]);
	});

	it('has one Campaign ID in sight, whatever the operation', () => {
		const [operation] = description.properties;
		for (const { value } of operation.options as Array<{ value: string }>) {
			const names = namesOf(description, { operation: value });
			expect([value, names.filter((name) => name === 'campaignId')]).toEqual([
				value,
				['campaignId'],
			]);
			expect([value, names.filter((name) => name === 'options')]).toEqual([value, ['options']]);
		}
	});

	it('needs no Campaign ID to send, and names it for the other operations', () => {
		const idOf = (operation: string) =>
			shown(description, { operation }).find(({ name }) => name === 'campaignId')!;
		expect(idOf('sendTemplate').required).toBeFalsy();
		expect(idOf('getCampaign').required).toBe(true);
	});
});

describe('Resolve Unknown', () => {
	it('is there for the API that tells what it has accepted', () => {
		const valuesOf = ({ properties: [operation] }: INodeTypeDescription) =>
			(operation.options as Array<{ value: string }>).map(({ value }) => value);
		expect(valuesOf(CAMS)).toContain('resolveUnknown');
		expect(valuesOf(INNOPAAS)).not.toContain('resolveUnknown');
		expect(namesOf(CAMS, { operation: 'resolveUnknown' })).toEqual([
			'operation',
			'resolveSource',
			'campaignId',
			'custSpaceId',
			'options',
		]);
		expect(namesOf(CAMS, { operation: 'resolveUnknown', resolveSource: 'items' })).toEqual([
			'operation',
			'resolveSource',
			'custSpaceId',
			'options',
		]);
		expect(namesOf(CAMS, { operation: 'resolveUnknown', resolveSource: 'recipients' })).toEqual([
			'operation',
			'resolveSource',
			'campaignId',
			'channelType',
			'recipientSource',
			'to',
			'custSpaceId',
			'options',
		]);
		expect(optionsOf(CAMS, { operation: 'resolveUnknown' })).toEqual([
			'campaignTable',
			...FILE,
			'notFoundAfter',
		]);
	});
});
