/* A driver with no function in it, for a test on machines without one. */
extern int simple_torch_fake_driver;
int simple_torch_fake_driver = 1;
