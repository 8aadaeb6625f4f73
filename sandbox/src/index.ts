/** The sandbox's public face. */
export { createSandbox, startSandbox, type Sandbox, type SandboxCore, type SandboxOptions } from './sandbox';
export { Epicollect5Admin, type ProjectSummary } from './epicollect5/admin';
export type { EntrySummary, UploadParts } from './epicollect5/adminEntries';
export type { Fault, FaultPlan } from './epicollect5/faults';
export { limitTable, type BucketName, type LimitProfile } from './epicollect5/limits';
export { placeholderHashes, PLACEHOLDER_BYTES } from './epicollect5/mediaBytes';
export { Epicollect5Service } from './epicollect5/service';
export type { RequestRecord, StatsReport } from './epicollect5/stats';
export { realClock, virtualClock, type SandboxClock } from './shared/clock';
export {
	makeRequest,
	type RequestParts,
	type SandboxClient,
	type SandboxRequest,
	type SandboxResponse,
	type SandboxService,
	type TransportFault,
} from './shared/types';
