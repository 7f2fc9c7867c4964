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

	/** What everybody needs stands first, and what few need last; n8n's credentials have no options to fold away. */
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
			description: 'Found in the RAM console under Users, your user, AccessKey',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'AccessKey Secret',
			name: 'accessKeySecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. 30 letters and digits',
			description:
				'Shown only once, when the AccessKey is created. If it is lost, create another AccessKey.',
			displayOptions: { show: { api: ['cams'] } },
		},
		{
			displayName: 'Channel ID / Space ID',
			name: 'custSpaceId',
			type: 'string',
			default: '',
			placeholder: 'e.g. cams-8c8abcdef',
			description:
				'Found in the Chat App console under Channel Management. Used by nodes that name no channel. Leave empty if the account has only one.',
			displayOptions: { show: { api: ['cams'] } },
		},

		{
			displayName: 'App Key',
			name: 'appKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Found in the InnoPaaS console under Developer Tools, API Keys: select Copy',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Found beside the App Key: select Token. A new token invalidates the old one, wherever it is in use.',
			displayOptions: { show: { api: ['innoPaas'] } },
		},
		{
			displayName: 'WABA ID',
			name: 'wabaId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 100000000000001',
			description:
				'The ID of your WhatsApp Business Account, needed for lists and for the credential test',
			displayOptions: { show: { api: ['innoPaas'] } },
		},

		defaultCountryField,

		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: 'ap-southeast-1',
			placeholder: 'e.g. ap-southeast-1',
			description: 'Leave it at Singapore (ap-southeast-1), the only documented region',
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
			description: 'Leave empty unless this is a temporary AccessKey, which comes with a token',
			displayOptions: { show: { api: ['cams'] } },
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

		{
			displayName: 'Receipt User Name',
			name: 'receiptUserName',
			type: 'string',
			default: '',
			placeholder: 'e.g. n8n',
			description:
				'The user name that Alibaba Cloud or InnoPaaS sends with each receipt, by Basic Auth or in the header UserName. Leave empty unless ChatApp Receipt Trigger checks one of them.',
		},
		{
			displayName: 'Receipt Authorization',
			name: 'receiptSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'The password that comes with that user name, or the whole value of the header Authorization. Leave empty unless ChatApp Receipt Trigger checks one of them.',
		},
	];

	/** Signs every request made with this credential, including those of the HTTP Request node. */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => authenticate(credentials, requestOptions);
}
