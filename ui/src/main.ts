import { greet } from './greeting';

greet();
void import('./window');
