export { joinSite, keepCrl, refreshCrl, renewCredentials } from './client.ts';
export { type EnrolmentOptions, type EnrolmentServer, serveEnrolment } from './server.ts';
