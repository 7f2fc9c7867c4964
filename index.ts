export { ChatAppApi } from './credentials/ChatAppApi.credentials';
export { CamsMassSend } from './nodes/CamsMassSend/CamsMassSend.node';
export { CamsSend } from './nodes/CamsSend/CamsSend.node';
export { CamsViberSend } from './nodes/CamsViberSend/CamsViberSend.node';
export { InnoPaasSubmit } from './nodes/InnoPaasSubmit/InnoPaasSubmit.node';
export { ChatAppReceiptTrigger } from './nodes/ChatAppReceiptTrigger/ChatAppReceiptTrigger.node';
