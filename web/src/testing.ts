/** Before every test file: a busy machine is given time. What must not happen is judged by conditions, not by clocks. */
import { configure } from '@testing-library/react';

configure({ asyncUtilTimeout: 15_000 });
