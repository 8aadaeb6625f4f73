import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SandboxRequest, SandboxResponse, SandboxService } from './types';

/** A service that listens on a loopback port. */
export interface ListeningServer {
	/** `http://127.0.0.1:PORT` plus the base path. */
	url: string;
	port: number;
	stop(): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
	/** 0 or absent: a free port. */
	port?: number;
	/** Serve everything under this path, as a self-hosted server may be (contract 1). */
	basePath?: string;
	/** Called when the service itself fails: a defect of the sandbox, never of the caller. */
	onError?: (error: unknown) => void;
}

/** Puts a service on 127.0.0.1. Nothing in the sandbox ever listens on another address. */
export async function listen(service: SandboxService, options: ListenOptions = {}): Promise<ListeningServer> {
	const basePath = normaliseBasePath(options.basePath);
	const sockets = new Set<Socket>();
	const server = createServer((incoming, outgoing) => {
		answer(service, basePath, incoming, outgoing).catch((error: unknown) => {
			options.onError?.(error);
			if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
			outgoing.end(`sandbox defect: ${String(error)}`);
		});
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const port = (server.address() as AddressInfo).port;
	return {
		url: `http://127.0.0.1:${port}${basePath}`,
		port,
		stop: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}

function normaliseBasePath(basePath: string | undefined): string {
	const trimmed = (basePath ?? '').replace(/^\/+|\/+$/g, '');
	return trimmed === '' ? '' : `/${trimmed}`;
}

async function answer(
	service: SandboxService,
	basePath: string,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const url = incoming.url ?? '/';
	const mark = url.indexOf('?');
	const fullPath = mark < 0 ? url : url.slice(0, mark);
	if (basePath !== '' && fullPath !== basePath && !fullPath.startsWith(`${basePath}/`)) {
		outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
		return;
	}
	const request: SandboxRequest = {
		method: incoming.method ?? 'GET',
		path: fullPath.slice(basePath.length) || '/',
		query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
		headers: flatHeaders(incoming),
		body: await readBody(incoming),
		ip: incoming.socket.remoteAddress ?? '127.0.0.1',
		origin: `http://${incoming.headers.host ?? '127.0.0.1'}${basePath}`,
	};
	await send(outgoing, request, await service.handle(request));
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(incoming.headers)) {
		if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
	}
	return headers;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

async function send(
	outgoing: ServerResponse,
	request: SandboxRequest,
	response: SandboxResponse,
): Promise<void> {
	const fault = response.transport;
	if (fault?.kind === 'reset') {
		outgoing.socket?.resetAndDestroy();
		return;
	}
	// The connection stays open; stop() destroys it.
	if (fault?.kind === 'hang') return;
	const length = String(response.body.length);
	if (request.method === 'HEAD') {
		outgoing.writeHead(response.status, response.headers).end();
		return;
	}
	outgoing.writeHead(response.status, { 'content-length': length, ...response.headers });
	// A promised length that the body does not keep: the connection ends after the body, as a proxy would end it.
	if (Number(response.headers['content-length'] ?? length) > response.body.length) {
		outgoing.write(response.body, () => outgoing.socket?.destroy());
		return;
	}
	if (fault?.kind === 'truncate') {
		outgoing.write(response.body.subarray(0, fault.bytes), () => outgoing.socket?.destroy());
		return;
	}
	if (fault?.kind === 'drip') {
		await drip(outgoing, response.body, fault.bytes, fault.everyMs);
		return;
	}
	outgoing.end(response.body);
}

async function drip(outgoing: ServerResponse, body: Buffer, bytes: number, everyMs: number): Promise<void> {
	const step = Math.max(1, bytes);
	for (let at = 0; at < body.length && !outgoing.destroyed; at += step) {
		outgoing.write(body.subarray(at, at + step));
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
	outgoing.end();
}
