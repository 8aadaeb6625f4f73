import { helperSuite } from './suite';

describe('Nodes in the runtime of Node-RED 4', () => helperSuite('4'));
