/**
 * Calls the methods that fill a node's panel (lists to search, options, template variables), in the same context in which
 * `DynamicNodeParametersService` of n8n calls them.
 */
import { LoadOptionsContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeListSearchResult,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
	type ResourceMapperField,
	type ResourceMapperFields,
} from 'n8n-workflow';

import { ACCOUNT } from '../../sandbox/cams/accounts';
import { loadPackage } from '../../scripts/n8n/engine';

export interface Panel {
	/** The node's own name, e.g. camsSend. */
	name?: string;
	/** The parameters in the panel; hidden ones and those with their default may be left out. */
	parameters: IDataObject;
	credential?: IDataObject;
}

async function contextOf(
	endpoint: string,
	{ name = 'camsSend', parameters, credential }: Panel,
): Promise<{ context: LoadOptionsContext; type: INodeType }> {
	const loader = await loadPackage();
	const type = NodeHelpers.getVersionedNodeType(loader.getNode(name).type);
	const { properties, authenticate } = loader.getCredential('chatAppApi').type;
	const values = { api: 'cams', ...ACCOUNT, endpoint, ...credential } as INodeParameters;
	const nodeTypes = {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	};
	const node: INode = {
		id: 'uuid-1234',
		name: 'Temp-Node',
		type: `n8n-nodes-chatapp.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INodeParameters,
		credentials: { chatAppApi: { id: '1', name: 'ChatApp' } },
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additionalData = {
		// n8n hands over the parameters of the panel with their defaults.
		currentNodeParameters: workflow.nodes['Temp-Node'].parameters,
		credentialsHelper: {
			getParentTypes: () => [],
			getDecrypted: async () =>
				NodeHelpers.getNodeParameters(properties, values, true, false, null, null),
			getCredentialsProperties: () => properties,
			preAuthentication: async () => undefined,
			authenticate: async (
				data: ICredentialDataDecryptedObject,
				_type: string,
				request: IHttpRequestOptions,
			) =>
				await (
					authenticate as (
						data: ICredentialDataDecryptedObject,
						request: IHttpRequestOptions,
					) => Promise<IHttpRequestOptions>
				)(data, request),
		},
	} as unknown as IWorkflowExecuteAdditionalData;
	return {
		context: new LoadOptionsContext(workflow, workflow.nodes['Temp-Node'], additionalData, ''),
		type,
	};
}

/** Searches a resource locator's list. */
export async function search(
	endpoint: string,
	method: string,
	panel: Panel,
	filter?: string,
): Promise<INodeListSearchResult> {
	const { context, type } = await contextOf(endpoint, panel);
	return await type.methods!.listSearch![method].call(context, filter);
}

/** Loads the options of a field. */
export async function choices(
	endpoint: string,
	method: string,
	panel: Panel,
): Promise<INodePropertyOptions[]> {
	const { context, type } = await contextOf(endpoint, panel);
	return await type.methods!.loadOptions![method].call(context);
}

/** Loads the template variables that the resource mapper shows. */
export async function mapperFields(endpoint: string, panel: Panel): Promise<ResourceMapperFields> {
	const { context, type } = await contextOf(endpoint, panel);
	return await type.methods!.resourceMapping!.getTemplateVariables.call(context);
}

/**
 * The fields of a mapper behind those that show the template's text, and that text. Each of these is a line that fits,
 * takes nothing, and keeps no message from going out.
 */
export function withoutText(fields: ResourceMapperField[]) {
	const lines = fields.filter(({ id }) => id.startsWith('Template Text'));
	expect(fields.slice(0, lines.length)).toEqual(lines);
	lines.forEach(({ id, displayName, readOnly, required, defaultValue }, index) => {
		expect({ id, displayName, readOnly, required }).toEqual({
			id: index === 0 ? 'Template Text' : `Template Text ${index + 1}`,
			displayName: index === 0 ? 'Template Text' : 'Template Text (continued)',
			readOnly: true,
			required: false,
		});
		expect(String(defaultValue).length).toBeLessThanOrEqual(52);
	});
	return {
		shown: lines.map(({ defaultValue }) => defaultValue).join(' '),
		rest: fields.slice(lines.length),
	};
}

/** The languages and categories of the sandbox's templates in words. */
export const IN_WORDS: Readonly<Record<string, string>> = {
	en: 'English',
	en_US: 'English (US)',
	id: 'Indonesian',
	zh_CN: 'Chinese (China)',
	AUTHENTICATION: 'Authentication',
	MARKETING: 'Marketing',
	UTILITY: 'Utility',
};
