import { createServer } from 'node:net';

/** Whether nobody listens on that port of loopback. Port 0 finds a free one. @returns the port, or undefined */
export function tryPort(port) {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
		server.listen(port, '127.0.0.1', () => {
			const { port: open } = server.address();
			server.close(() => resolve(open));
		});
	});
}
