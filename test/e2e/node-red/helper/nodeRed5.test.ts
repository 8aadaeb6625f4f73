import { helperSuite } from './suite';

describe('Nodes in the runtime of Node-RED 5', () => helperSuite('5'));
