drop index profiles_search;
