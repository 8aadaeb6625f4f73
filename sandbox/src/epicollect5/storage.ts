import { createHash } from 'node:crypto';
import type { SandboxClock } from '../shared/clock';
import type { SandboxRequest, SandboxResponse, SandboxService } from '../shared/types';
import { mediaBytes } from './mediaBytes';
import type { MediaFile } from './model';
import type { Project } from './store';

/** The second origin of S3 redirect mode: presigned addresses that expire (contract 11). */
export class StorageOrigin implements SandboxService {
	/** Scheme and host of this origin; set once it listens. */
	origin = 'http://storage.sandbox.test';
	private readonly files = new Map<string, MediaFile>();

	constructor(
		private readonly clock: SandboxClock,
		private readonly seed: number,
	) {}

	/** A presigned address for a file. */
	sign(project: Project, file: MediaFile, seconds: number): string {
		const path = `/bucket/${project.row.ref}/${encodeURIComponent(file.name)}`;
		this.files.set(path, file);
		const expires = Math.floor(this.clock.now() / 1000) + seconds;
		return `${this.origin}${path}?X-Amz-Expires=${expires}&X-Amz-Signature=${this.signature(path, expires)}`;
	}

	/** Serves a presigned address; two ways of authorisation at once are refused, as S3 does. */
	async handle(request: SandboxRequest): Promise<SandboxResponse> {
		if (request.headers['authorization'] !== undefined) return xml(400, 'InvalidArgument');
		const file = this.files.get(request.path);
		const expires = Number(request.query.get('X-Amz-Expires'));
		const signed = request.query.get('X-Amz-Signature') === this.signature(request.path, expires);
		if (file === undefined || !signed || this.clock.now() / 1000 > expires) return xml(403, 'AccessDenied');
		const bytes = mediaBytes(file);
		const headers = { 'content-type': file.contentType, 'accept-ranges': 'bytes' };
		const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '');
		if (range === null) return { status: 200, headers, body: bytes };
		const start = Number(range[1]);
		const end = Math.min(range[2] === '' ? Infinity : Number(range[2]), bytes.length - 1);
		if (start > end) return xml(416, 'InvalidRange');
		return {
			status: 206,
			headers: { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` },
			body: bytes.subarray(start, end + 1),
		};
	}

	private signature(path: string, expires: number): string {
		return createHash('sha256').update(`${this.seed} ${path} ${expires}`).digest('hex');
	}
}

function xml(status: number, code: string): SandboxResponse {
	return {
		status,
		headers: { 'content-type': 'application/xml' },
		body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`),
	};
}
