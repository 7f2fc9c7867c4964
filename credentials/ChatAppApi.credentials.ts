import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import { API_OPTIONS } from './apis';
import { authenticate } from './authenticate';
import { defaultCountryField } from './countryOptions';

/** The credential of all nodes in this package. It is tested by the nodes (`testedBy`), see credentialTest.ts. */
export class ChatAppApi implements ICredentialType {
	name = 'chatAppApi';

	displayName = 'ChatApp API';

	icon: Icon = { light: 'file:chatApp.svg', dark: 'file:chatApp.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-chatapp/n8n-nodes-chatapp/blob/main/docs/credential.md';

	properties: INodeProperties[] = [
		{
			displayName: 'API',
			name: 'api',
			type: 'options',
			options: API_OPTIONS,
			default: 'cams',
			description: 'The service this credential signs in to',
		},

		{
			displayName: 'AccessKey ID',
			name: 'accessKeyId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. LTAI5t...',
			description: 'In the RAM console: Users, your user, AccessKey',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'AccessKey Secret',
			name: 'accessKeySecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown only once, when the AccessKey is created',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'Channel ID / Space ID',
			name: 'custSpaceId',
			type: 'string',
			default: '',
			placeholder: 'e.g. cams-8c8abcdef',
			description: 'From Channel Management in the console. Used where a node leaves it empty.',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: 'ap-southeast-1',
			placeholder: 'e.g. ap-southeast-1',
			description: 'Singapore is the only documented region',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://cams.ap-southeast-1.aliyuncs.com',
			description: 'Leave empty to use the endpoint of the region. A URL here takes precedence.',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'STS Security Token',
			name: 'securityToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Only with a temporary AccessKey',
			displayOptions: { show: { api: ['cams'] } },
		},

		{
			displayName: 'App Key',
			name: 'appKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the API Keys page: select Copy',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'From the API Keys page: select Token. A new token invalidates the old one.',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'WABA ID',
			name: 'wabaId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 100000000000001',
			description:
				'ID of the WhatsApp Business Account, required for lists and the credential test',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.innopaas.com',
			placeholder: 'e.g. https://api.innopaas.com',
			description: 'The address of the API, without a path',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'Change Header Names',
			name: 'changeHeaderNames',
			type: 'boolean',
			default: false,
			description: 'Whether to send App Key and Access Token in headers with other names',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'App Key Header',
			name: 'appHeaderName',
			type: 'string',
			default: 'AppKey',
			placeholder: 'e.g. AppKey',
			description: 'The header that carries the App Key',
			displayOptions: { show: { api: ['innoPaas'], changeHeaderNames: [true] } },
		},
		{
			displayName: 'Access Token Header',
			name: 'authorizationHeaderName',
			type: 'string',
			default: 'Authorization',
			placeholder: 'e.g. Authorization',
			description: 'The header that carries the Access Token',
			displayOptions: { show: { api: ['innoPaas'], changeHeaderNames: [true] } },
		},
		{
			displayName: 'Access Token Prefix',
			name: 'authorizationPrefix',
			type: 'string',
			default: '',
			placeholder: 'e.g. Bearer',
			description:
				'Text to put before the token, e.g. "Bearer" and a space. Leave empty to send the token alone.',
			displayOptions: { show: { api: ['innoPaas'], changeHeaderNames: [true] } },
		},

		defaultCountryField,
		{
			displayName: 'Receipt User Name',
			name: 'receiptUserName',
			type: 'string',
			default: '',
			description:
				'The UserName header or Basic Auth user that arrives with each receipt. Only for ChatApp Receipt Trigger.',
		},
		{
			displayName: 'Receipt Authorization',
			name: 'receiptSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The Authorization header or Basic Auth password that arrives with each receipt. Only for ChatApp Receipt Trigger.',
		},
	];

	/** Signs every request made with this credential, including those of the HTTP Request node. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => authenticate(credentials, requestOptions);
}
