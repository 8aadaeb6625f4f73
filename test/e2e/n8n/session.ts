const OWNER = {
	email: 'owner@field-data.example',
	firstName: 'Field',
	lastName: 'Data',
	password: 'Field-Data-2026',
};

/** A browser's session with n8n: its cookie, its constant browser id, and JSON both ways. */
export class Session {
	private cookie = '';

	constructor(private readonly url: string) {}

	/** Sets up the owner of a new n8n, or logs in where there is one. */
	async open(): Promise<void> {
		const settings = await this.get<{ userManagement: { showSetupOnFirstLoad: boolean } }>('/settings');
		if (settings.userManagement.showSetupOnFirstLoad) await this.post('/owner/setup', OWNER);
		else await this.post('/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
	}

	get owner(): Readonly<typeof OWNER> {
		return OWNER;
	}

	async get<T>(address: string): Promise<T> {
		return await this.send<T>('GET', address);
	}

	async post<T>(address: string, body: unknown = {}): Promise<T> {
		return await this.send<T>('POST', address, body);
	}

	async patch<T>(address: string, body: unknown): Promise<T> {
		return await this.send<T>('PATCH', address, body);
	}

	async bytes(address: string): Promise<Buffer> {
		return Buffer.from(await (await this.ask('GET', address)).arrayBuffer());
	}

	private async send<T>(method: string, address: string, body?: unknown): Promise<T> {
		return ((await (await this.ask(method, address, body)).json()) as { data: T }).data;
	}

	private async ask(method: string, address: string, body?: unknown): Promise<Response> {
		const answer = await fetch(`${this.url}/rest${address}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': 'field-data-tests',
				'push-ref': 'field-data-tests',
				...(this.cookie === '' ? {} : { cookie: this.cookie }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
		if (cookies.length > 0) this.cookie = cookies.join('; ');
		if (answer.ok) return answer;
		throw new Error(`${method} ${address}: ${answer.status} ${(await answer.text()).slice(0, 600)}`);
	}
}
