import { greet } from './greeting';

void greet();
void import('./window');
