export { ChatAppApi } from './credentials/ChatAppApi.credentials';
export { CamsSend } from './nodes/CamsSend/CamsSend.node';
